#include "base/log.h"

#include <errno.h>
#include <string.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/json_out.h"
#include "base/time.h"
#include "base/utf8.h"

enum { LINE_MAX_BYTES = 4096, REQUEST_ID_MAX = 64 };

static const char *const LEVELS[] = {
    [LOG_DEBUG] = "debug",
    [LOG_INFO] = "info",
    [LOG_WARN] = "warn",
    [LOG_ERROR] = "error",
};

static enum log_level threshold = LOG_INFO;
static char request_text[REQUEST_ID_MAX];
static struct str request;

void log_set_level(enum log_level level)
{
    threshold = level;
}

void log_set_request(struct str request_id)
{
    request = STR_NONE;
    if (str_is_none(request_id))
        return;
    if (request_id.len > REQUEST_ID_MAX)
        request_id.len = REQUEST_ID_MAX;
    if (request_id.len > 0)
        memcpy(request_text, request_id.ptr, request_id.len);
    request = (struct str){ request_text, request_id.len };
}

struct str log_request(void)
{
    return request;
}

bool log_level_parse(struct str name, enum log_level *level)
{
    for (size_t i = 0; i < sizeof(LEVELS) / sizeof(LEVELS[0]); i++) {
        if (str_eq(name, str_from(LEVELS[i]))) {
            *level = (enum log_level)i;
            return true;
        }
    }
    return false;
}

static void put_text(struct json_out *out, const char *key, struct str text)
{
    json_key(out, str_from(key));
    json_put_str(out, utf8_is_valid(text) ? text : STR("(not UTF-8)"));
}

static void write_line(struct buf *line, enum log_level level,
                       const char *event, const struct log_field *fields)
{
    struct json_out out;

    json_out_init(&out, line);
    json_begin_object(&out);
    json_key(&out, STR("ts"));
    json_put_instant(&out, time_now());
    put_text(&out, "level", str_from(LEVELS[level]));
    put_text(&out, "event", str_from(event));
    if (!str_is_none(request))
        put_text(&out, "request_id", request);
    for (; fields != NULL && fields->key != NULL; fields++) {
        if (!str_is_none(fields->text)) {
            put_text(&out, fields->key, fields->text);
        } else {
            json_key(&out, str_from(fields->key));
            json_put_int(&out, fields->number);
        }
    }
    json_end_object(&out);
    buf_add_char(line, '\n');
}

/* One write, so that lines of several workers do not mix. */
static void send_line(struct str line)
{
    ssize_t sent;

    do
        sent = write(STDERR_FILENO, line.ptr, line.len);
    while (sent < 0 && errno == EINTR);
}

void log_event(enum log_level level, const char *event,
               const struct log_field *fields)
{
    const struct log_field cut[] = { LOG_INT("cut", 1), LOG_END };
    int saved_errno = errno;
    struct buf line;

    if (level < threshold)
        return;
    buf_init(&line, LINE_MAX_BYTES);
    write_line(&line, level, event, fields);
    if (line.overflow) {
        buf_reset(&line);
        write_line(&line, level, event, cut);
    }
    send_line(buf_str(&line));
    buf_release(&line);
    errno = saved_errno;
}
