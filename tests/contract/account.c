/* People, their sessions and tokens. */
#include "base/time.h"
#include "contract.h"

static enum err create_user(struct context *context, const struct user *user,
                            struct user *out)
{
    enum write_effect effect;

    return context->ops->create(context->store, &context->arena, KIND_USER,
                                user, new_mark(), out, &effect,
                                &context->error);
}

static void put_session(struct context *context,
                        const struct session *session)
{
    struct session out;
    enum write_effect effect;

    must(context,
         context->ops->create(context->store, &context->arena, KIND_SESSION,
                              session, (struct op_mark){ 0 }, &out, &effect,
                              &context->error));
    assert_int_equal(effect, WRITE_DONE);
    assert_same(context, KIND_SESSION, &out, session);
}

static void put_token(struct context *context, const struct token *token)
{
    struct token out;
    enum write_effect effect;

    must(context,
         context->ops->create(context->store, &context->arena, KIND_TOKEN,
                              token, (struct op_mark){ 0 }, &out, &effect,
                              &context->error));
    assert_same(context, KIND_TOKEN, &out, token);
}

static void test_a_user_is_found_by_address(void **state)
{
    struct context *context = *state;
    struct user user = new_user(&context->arena), made, out;

    user.role = ROLE_ADMIN;
    user.week_start = WEEK_SUNDAY;
    user.disabled = true;
    must(context, create_user(context, &user, &made));
    assert_int_equal(made.version, 1);
    must(context, context->ops->user_by_email(context->store, &context->arena,
                                              user.email_key, &out,
                                              &context->error));
    user.version = 1;
    user.created_at = user.updated_at = made.created_at;
    assert_same(context, KIND_USER, &out, &user);
    /* Compared byte for byte: folding is not the store's. */
    must_be(context,
            context->ops->user_by_email(context->store, &context->arena,
                                        user.email, &out, &context->error),
            ERR_NOT_FOUND);
    erase(context, user.id);
    must_be(context,
            context->ops->user_by_email(context->store, &context->arena,
                                        user.email_key, &out,
                                        &context->error),
            ERR_NOT_FOUND);
}

static void test_an_address_is_taken_once(void **state)
{
    struct context *context = *state;
    struct user one = new_user(&context->arena);
    struct user two = new_user(&context->arena), out;
    struct str key = two.email_key;
    struct change change;
    enum write_effect effect;

    must(context, create_user(context, &one, &out));
    two.email_key = one.email_key;
    must_be(context, create_user(context, &two, &out), ERR_EXISTS);
    must_be(context,
            context->ops->get(context->store, &context->arena, KIND_USER,
                              key_id(two.id), &out, &context->error),
            ERR_NOT_FOUND);
    two.email_key = key;
    must(context, create_user(context, &two, &out));
    change = change_of(key_id(two.id), FIELD_BIT(USER_EMAIL_KEY), &one);
    must_be(context,
            context->ops->update(context->store, &context->arena, KIND_USER,
                                 &change, &out, &effect, &context->error),
            ERR_EXISTS);
    must(context, context->ops->get(context->store, &context->arena,
                                    KIND_USER, key_id(two.id), &out,
                                    &context->error));
    assert_true(str_eq(out.email_key, key));
    assert_int_equal(out.version, 1);
    erase(context, one.id);
    erase(context, two.id);
}

static void test_user_all_has_every_user(void **state)
{
    struct context *context = *state;
    struct user users[3], out;
    struct user_page page;
    size_t seen = 0;

    for (size_t i = 0; i < COUNT(users); i++) {
        users[i] = new_user(&context->arena);
        must(context, create_user(context, &users[i], &out));
    }
    must(context, context->ops->user_all(context->store, &context->arena,
                                         &page, &context->error));
    for (size_t i = 0; i < page.len; i++) {
        if (i > 0)
            assert_true(id_cmp(page.items[i - 1].id, page.items[i].id) < 0);
        for (size_t j = 0; j < COUNT(users); j++)
            seen += id_eq(page.items[i].id, users[j].id);
    }
    assert_int_equal(seen, COUNT(users));
    for (size_t i = 0; i < COUNT(users); i++)
        erase(context, users[i].id);
}

static void test_sessions_come_oldest_first(void **state)
{
    struct context *context = *state;
    struct session sessions[4];
    struct session_page page;

    for (size_t i = 0; i < COUNT(sessions); i++) {
        sessions[i] = new_session(context->owner, 5000 - (int64_t)i);
        put_session(context, &sessions[i]);
    }
    must(context, context->ops->session_all(context->store, &context->arena,
                                            context->owner, &page,
                                            &context->error));
    assert_int_equal(page.len, COUNT(sessions));
    for (size_t i = 0; i < page.len; i++)
        assert_same(context, KIND_SESSION, &page.items[i],
                    &sessions[COUNT(sessions) - 1 - i]);
    must(context, context->ops->session_all(context->store, &context->arena,
                                            id_random(), &page,
                                            &context->error));
    assert_int_equal(page.len, 0);
}

static void test_a_session_can_be_used_and_prolonged(void **state)
{
    struct context *context = *state;
    struct session session = new_session(context->owner, 1000), out;
    struct session values = { .last_used_at = 2000 };
    struct change change;
    enum write_effect effect;

    put_session(context, &session);
    values.expires_at = session.expires_at + 5;
    change = change_of(key_hash(session.hash),
                       FIELD_BIT(SESSION_LAST_USED_AT) |
                           FIELD_BIT(SESSION_EXPIRES_AT),
                       &values);
    change.deleted = NO; /* says nothing for what has no trash */
    must(context, context->ops->update(context->store, &context->arena,
                                       KIND_SESSION, &change, &out, &effect,
                                       &context->error));
    session.last_used_at = values.last_used_at;
    session.expires_at = values.expires_at;
    assert_same(context, KIND_SESSION, &out, &session);
    must(context, context->ops->get(context->store, &context->arena,
                                    KIND_SESSION, change.key, &out,
                                    &context->error));
    assert_same(context, KIND_SESSION, &out, &session);
}

static void test_remove_is_repeatable(void **state)
{
    struct context *context = *state;
    struct session session = new_session(context->owner, 1000), out;
    struct session other = new_session(context->owner, 2000);
    enum write_effect effect;

    must(context,
         context->ops->create(context->store, &context->arena, KIND_SESSION,
                              &session, (struct op_mark){ 0 }, &out, &effect,
                              &context->error));
    must(context,
         context->ops->create(context->store, &context->arena, KIND_SESSION,
                              &other, (struct op_mark){ 0 }, &out, &effect,
                              &context->error));
    for (int i = 0; i < 2; i++)
        must(context, context->ops->remove(context->store, KIND_SESSION,
                                           key_hash(session.hash),
                                           &context->error));
    must_be(context,
            context->ops->get(context->store, &context->arena, KIND_SESSION,
                              key_hash(session.hash), &out, &context->error),
            ERR_NOT_FOUND);
    must(context, context->ops->get(context->store, &context->arena,
                                    KIND_SESSION, key_hash(other.hash), &out,
                                    &context->error));
}

static void test_all_sessions_end_but_the_kept_one(void **state)
{
    struct context *context = *state;
    struct session mine[3], theirs = new_session(id_random(), 1000), out;
    struct session_page page;

    for (size_t i = 0; i < COUNT(mine); i++) {
        mine[i] = new_session(context->owner, 1000);
        put_session(context, &mine[i]);
    }
    put_session(context, &theirs);
    must(context,
         context->ops->session_end_all(context->store, context->owner,
                                       mine[1].hash, &context->error));
    must(context, context->ops->session_all(context->store, &context->arena,
                                            context->owner, &page,
                                            &context->error));
    assert_int_equal(page.len, 1);
    assert_same(context, KIND_SESSION, &page.items[0], &mine[1]);
    must(context,
         context->ops->session_end_all(context->store, context->owner,
                                       (struct hash){ { 0 } },
                                       &context->error));
    must_be(context,
            context->ops->get(context->store, &context->arena, KIND_SESSION,
                              key_hash(mine[1].hash), &out, &context->error),
            ERR_NOT_FOUND);
    must(context, context->ops->get(context->store, &context->arena,
                                    KIND_SESSION, key_hash(theirs.hash), &out,
                                    &context->error));
    must(context, context->ops->remove(context->store, KIND_SESSION,
                                       key_hash(theirs.hash),
                                       &context->error));
}

static void test_tokens_come_oldest_first(void **state)
{
    struct context *context = *state;
    struct token one = new_token(context->owner, 2000);
    struct token two = new_token(context->owner, 1000);
    struct token theirs = new_token(id_random(), 1000);
    struct token_page page;

    two.expires_at = 4102444800000;
    two.last_used_at = 3000;
    two.scope = SCOPE_READ;
    put_token(context, &one);
    put_token(context, &two);
    put_token(context, &theirs);
    must(context, context->ops->token_all(context->store, &context->arena,
                                          context->owner, &page,
                                          &context->error));
    assert_int_equal(page.len, 2);
    assert_same(context, KIND_TOKEN, &page.items[0], &two);
    assert_same(context, KIND_TOKEN, &page.items[1], &one);
    must(context, context->ops->remove(context->store, KIND_TOKEN,
                                       key_hash(theirs.hash),
                                       &context->error));
}

/* ---- The end of an account ---- */

/* One of each thing that a person can have. */
struct estate {
    struct user user;
    struct task task;
    struct list list;
    struct session session;
    struct token token;
    struct op_mark mark;
};

static void settle(struct context *context, struct estate *estate)
{
    struct outcome outcome = { .sealed = STR("kept"),
                               .expires_at = time_now() + HOUR_MS };
    struct str word = STR("word");
    struct user user;
    struct list list;
    enum write_effect effect;
    bool first = false;

    estate->user = new_user(&context->arena);
    must(context, create_user(context, &estate->user, &user));
    estate->task = new_task(user.id, "word");
    estate->task.title_words = (struct strs){ &word, 1 };
    created(context, &estate->task);
    estate->list = new_list(user.id, "x");
    must(context,
         context->ops->create(context->store, &context->arena, KIND_LIST,
                              &estate->list, (struct op_mark){ 0 }, &list,
                              &effect, &context->error));
    estate->session = new_session(user.id, 1000);
    put_session(context, &estate->session);
    estate->token = new_token(user.id, 1000);
    put_token(context, &estate->token);
    estate->mark = new_mark();
    must(context, context->ops->outcome_put(context->store, user.id,
                                            estate->mark, &outcome, &first,
                                            &context->error));
    assert_true(first);
}

static bool note(void *context, const void *record)
{
    (void)record;
    ++*(int *)context;
    return true;
}

/* All or nothing of it must be there. */
static void check_estate(struct context *context, const struct estate *estate,
                         bool there)
{
    const struct {
        enum kind kind;
        const void *record;
    } things[] = {
        { KIND_USER, &estate->user },       { KIND_TASK, &estate->task },
        { KIND_LIST, &estate->list },       { KIND_TOKEN, &estate->token },
        { KIND_SESSION, &estate->session },
    };
    enum err wanted = there ? ERR_NONE : ERR_NOT_FOUND;
    struct str word = STR("word");
    struct outcome outcome;
    struct task any; /* the largest */
    int found = 0;

    for (size_t i = 0; i < COUNT(things); i++)
        must_be(context,
                context->ops->get(context->store, &context->arena,
                                  things[i].kind,
                                  key_of(things[i].kind, things[i].record),
                                  &any, &context->error),
                wanted);
    must_be(context,
            context->ops->outcome_get(context->store, &context->arena,
                                      estate->user.id, estate->mark,
                                      time_now(), &outcome, &context->error),
            wanted);
    must(context,
         context->ops->task_search(context->store, estate->user.id,
                                   (struct strs){ &word, 1 }, ANY, note,
                                   &found, &context->error));
    assert_int_equal(found, there);
}

static void test_erasing_a_user_leaves_nothing_of_them_only(void **state)
{
    struct context *context = *state;
    struct estate leaving, staying;

    settle(context, &leaving);
    settle(context, &staying);
    check_estate(context, &leaving, true);
    erase(context, leaving.user.id);
    erase(context, leaving.user.id); /* repeatable */
    check_estate(context, &leaving, false);
    check_estate(context, &staying, true);
    erase(context, staying.user.id);
}

static void test_erasing_may_spare_one_session(void **state)
{
    struct context *context = *state;
    struct session kept = new_session(context->owner, 1000);
    struct session other = new_session(context->owner, 2000);
    struct session_page page;

    put_session(context, &kept);
    put_session(context, &other);
    must(context, context->ops->user_erase(context->store, context->owner,
                                           kept.hash, &context->error));
    must(context, context->ops->session_all(context->store, &context->arena,
                                            context->owner, &page,
                                            &context->error));
    assert_int_equal(page.len, 1);
    assert_same(context, KIND_SESSION, &page.items[0], &kept);
}

static void test_erasing_reaches_thousands_of_tasks(void **state)
{
    enum { MANY = 1700 };
    struct context *context = *state;
    int64_t count = -1;

    for (int i = 0; i < MANY; i++) {
        struct task task = new_task(context->owner, "x");

        must(context, put(context, KIND_TASK, &task));
    }
    erase(context, context->owner);
    must(context, context->ops->task_count(context->store, context->owner,
                                           MANY, &count, &context->error));
    assert_int_equal(count, 0);
}

int run_account(void)
{
    static const struct CMUnitTest tests[] = {
        CONTRACT_TEST(test_a_user_is_found_by_address),
        CONTRACT_TEST(test_an_address_is_taken_once),
        CONTRACT_TEST(test_user_all_has_every_user),
        CONTRACT_TEST(test_sessions_come_oldest_first),
        CONTRACT_TEST(test_a_session_can_be_used_and_prolonged),
        CONTRACT_TEST(test_remove_is_repeatable),
        CONTRACT_TEST(test_all_sessions_end_but_the_kept_one),
        CONTRACT_TEST(test_tokens_come_oldest_first),
        CONTRACT_TEST(test_erasing_a_user_leaves_nothing_of_them_only),
        CONTRACT_TEST(test_erasing_may_spare_one_session),
        CONTRACT_TEST(test_erasing_reaches_thousands_of_tasks),
    };

    return cmocka_run_group_tests_name("account", tests, NULL, NULL);
}
