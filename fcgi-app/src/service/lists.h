/* Use cases of lists and tags. */
#ifndef STEADY_SERVICE_LISTS_H
#define STEADY_SERVICE_LISTS_H

#include "service/service.h"

/* Every list that comes back has its counts. */
enum err lists_all(const struct call *call, bool deleted,
                   struct list_page *out, struct error *error) MUST_CHECK;
enum err lists_get(const struct call *call, struct id id, struct list *out,
                   struct error *error) MUST_CHECK;
/* ERR_LIMIT at LISTS_PER_USER_MAX. Without an order it goes to the end. */
enum err lists_create(const struct call *call, const struct list *values,
                      uint64_t present, struct list *out,
                      enum write_effect *effect, struct error *error)
    MUST_CHECK;
/* ERR_STALE leaves the current list in *out. */
enum err lists_patch(const struct call *call, struct id id,
                     int64_t if_version, const struct list *values,
                     uint64_t present, struct list *out, struct error *error)
    MUST_CHECK;
/* Into the trash with its tasks; repeatable. */
enum err lists_trash(const struct call *call, struct id id,
                     int64_t if_version, struct list *out,
                     struct error *error) MUST_CHECK;
/* Back, with the tasks that went with it. */
enum err lists_restore(const struct call *call, struct id id,
                       struct list *out, struct error *error) MUST_CHECK;
/* Fills open and total of these lists. */
enum err lists_count(const struct call *call, struct list *lists, size_t len,
                     struct error *error) MUST_CHECK;

/* Renames, merges into an existing tag, or takes the tag off (to none).
 * ERR_NOT_FOUND when no task had it, unless a key tells a repetition. */
enum err tags_rename(const struct call *call, struct str from, struct str to,
                     struct error *error) MUST_CHECK;

#endif
