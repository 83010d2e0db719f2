/*
 * JSON output, straight into a buffer; it puts the commas. Strings must be
 * valid UTF-8; they are escaped as RFC 8259 section 7 demands and no more.
 */
#ifndef STEADY_BASE_JSON_OUT_H
#define STEADY_BASE_JSON_OUT_H

#include <stdbool.h>
#include <stdint.h>

#include "base/buf.h"
#include "base/id.h"
#include "base/str.h"

struct json_out {
    struct buf *buf; /* borrowed */
    bool comma;      /* the next value needs one */
};

void json_out_init(struct json_out *out, struct buf *buf);
void json_begin_object(struct json_out *out);
void json_end_object(struct json_out *out);
void json_begin_array(struct json_out *out);
void json_end_array(struct json_out *out);
void json_key(struct json_out *out, struct str name); /* escaped */
void json_put_str(struct json_out *out, struct str s); /* none gives null */
void json_put_int(struct json_out *out, int64_t n);
/*
 * Shortest form that reads back equal: 1024 rather than 1024.0, as long as
 * the gate takes it as an integer. Infinities and NaN give null.
 */
void json_put_number(struct json_out *out, double n);
void json_put_bool(struct json_out *out, bool b);
void json_put_null(struct json_out *out);
void json_put_instant(struct json_out *out, int64_t ms); /* or null */
void json_put_date(struct json_out *out, int32_t date);  /* or null */
void json_put_time(struct json_out *out, int32_t minutes); /* or null */
void json_put_id(struct json_out *out, struct id id);    /* none gives null */
void json_put_raw(struct json_out *out, struct str json); /* one value */

#endif
