/* Records to test with, and how they are compared. */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/time.h"
#include "contract.h"

void must(struct context *context, enum err err)
{
    must_be(context, err, ERR_NONE);
}

void must_be(struct context *context, enum err err, enum err wanted)
{
    if (err != wanted)
        fail_msg("%s instead of %s: %s", err_name(err), err_name(wanted),
                 context->error.detail);
    context->error = (struct error){ 0 };
}

static void fill_defaults(const struct schema *schema, void *record)
{
    if (schema->defaults == NULL)
        memset(record, 0, schema->size);
    else
        memcpy(record, schema->defaults, schema->size);
}

struct task new_task(struct id owner, const char *title)
{
    struct task task;

    fill_defaults(&task_schema, &task);
    task.id = id_new(time_now());
    task.owner = owner;
    task.title = str_from(title);
    return task;
}

struct list new_list(struct id owner, const char *name)
{
    struct list list;

    fill_defaults(&list_schema, &list);
    list.id = id_new(time_now());
    list.owner = owner;
    list.name = str_from(name);
    return list;
}

struct user new_user(struct arena *arena)
{
    struct user user;

    fill_defaults(&user_schema, &user);
    user.id = id_random();
    user.email = arena_printf(arena, "%s@Example.org",
                              id_text(arena, user.id));
    user.email_key = arena_printf(arena, "%s@example.org",
                                  id_text(arena, user.id));
    user.password_hash = STR("$argon2id$v=19$m=19456,t=2,p=1$c2FsdA$aGFzaA");
    return user;
}

struct hash new_hash(void)
{
    struct id halves[2] = { id_random(), id_random() };
    struct hash hash;

    memcpy(hash.bytes, halves, sizeof(hash.bytes));
    return hash;
}

struct session new_session(struct id user, int64_t created_at)
{
    return (struct session){
        .hash = new_hash(),
        .id = id_random(),
        .user_id = user,
        .created_at = created_at,
        .last_used_at = created_at,
        .expires_at = time_now() + DAY_MS,
        .user_agent = STR("A browser/1.0 (\xc3\xa9)"),
    };
}

struct token new_token(struct id user, int64_t created_at)
{
    return (struct token){
        .hash = new_hash(),
        .id = id_random(),
        .user_id = user,
        .name = STR("backup script"),
        .scope = SCOPE_WRITE,
        .created_at = created_at,
        .last_used_at = INSTANT_NONE,
        .expires_at = INSTANT_NONE,
    };
}

struct op_mark new_mark(void)
{
    struct op_mark mark = { .set = true };
    struct id id = id_random();

    memcpy(mark.bytes, id.bytes, sizeof(mark.bytes));
    return mark;
}

struct id nth_id(uint64_t n)
{
    struct id id = { { 0x01, 0x90 } };

    for (int i = ID_BYTES - 1; n > 0; i--, n >>= 8)
        id.bytes[i] = (uint8_t)n;
    return id;
}

enum err put(struct context *context, enum kind kind, const void *record)
{
    const struct stored stored = { .record = record };

    return context->ops->put(context->store, kind, &stored, 1,
                             &context->error);
}

struct task created(struct context *context, const struct task *task)
{
    enum write_effect effect = WRITE_REPEATED;
    struct task out;

    must(context,
         context->ops->create(context->store, &context->arena, KIND_TASK,
                              task, (struct op_mark){ 0 }, &out, &effect,
                              &context->error));
    assert_int_equal(effect, WRITE_DONE);
    return out;
}

struct task stored_task(struct context *context, struct id owner,
                        struct id id)
{
    struct task task;

    must(context, context->ops->get(context->store, &context->arena,
                                    KIND_TASK, key_owned(owner, id), &task,
                                    &context->error));
    return task;
}

void erase(struct context *context, struct id user)
{
    must(context, context->ops->user_erase(context->store, user,
                                           (struct hash){ 0 },
                                           &context->error));
}

struct change change_of(struct key key, uint64_t fields, const void *values)
{
    return (struct change){
        .key = key,
        .fields = fields,
        .values = values,
        .deleted = ANY,
    };
}

struct task trashed(struct context *context, const struct task *task)
{
    struct task values = *task;
    struct change change = change_of(key_owned(task->owner, task->id),
                                     TASK_TRASH_FIELDS, &values);
    enum write_effect effect;
    struct task out;

    values.deleted = true;
    values.deleted_at = time_now();
    values.purge_at = values.deleted_at + 2 * (int64_t)DAY_MS;
    values.trash_id = id_random();
    must(context, context->ops->update(context->store, &context->arena,
                                       KIND_TASK, &change, &out, &effect,
                                       &context->error));
    return out;
}

const char *record_text(struct arena *arena, enum kind kind,
                        const void *record)
{
    struct json_out out;
    struct str text;
    struct buf buf;

    buf_init(&buf, 8 * 1024 * 1024);
    json_out_init(&out, &buf);
    schema_encode_stored(kind_schema(kind), record, &out);
    assert_false(buf.overflow);
    text = arena_copy(arena, buf_str(&buf));
    buf_release(&buf);
    return arena_cstr(arena, text);
}

void assert_same(struct context *context, enum kind kind, const void *got,
                 const void *wanted)
{
    const char *a = record_text(&context->arena, kind, got);
    const char *b = record_text(&context->arena, kind, wanted);

    if (strcmp(a, b) != 0)
        fail_msg("%s differs:\n got    %s\n wanted %s",
                 kind_schema(kind)->name, a, b);
}

const char *id_text(struct arena *arena, struct id id)
{
    char *text = arena_alloc(arena, ID_TEXT_LEN + 1);

    id_format(id, text);
    return text;
}

/* xorshift32: the same numbers for the same seed anywhere. */
uint32_t random_below(uint32_t n)
{
    static uint32_t state;

    if (state == 0) {
        const char *seed = getenv("STEADY_TEST_SEED");

        state = seed != NULL ? (uint32_t)strtoul(seed, NULL, 10)
                             : (uint32_t)time_now() ^ (uint32_t)getpid();
        state |= 1;
        fprintf(stderr, "# STEADY_TEST_SEED=%" PRIu32 "\n", state);
    }
    state ^= state << 13;
    state ^= state >> 17;
    state ^= state << 5;
    return state % n;
}
