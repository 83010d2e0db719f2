/* Kept answers, throttles, the first account's place, and readiness. */
#include <string.h>

#include "base/time.h"
#include "contract.h"

/* ---- Kept answers ---- */

static enum err get_outcome(struct context *context, struct id owner,
                            struct op_mark mark, int64_t now,
                            struct outcome *outcome)
{
    return context->ops->outcome_get(context->store, &context->arena, owner,
                                     mark, now, outcome, &context->error);
}

/* Was it the first of the mark? */
static bool put_outcome(struct context *context, struct op_mark mark,
                        const struct outcome *outcome)
{
    bool first = false;

    must(context, context->ops->outcome_put(context->store, context->owner,
                                            mark, outcome, &first,
                                            &context->error));
    return first;
}

static void test_the_first_outcome_stays(void **state)
{
    struct context *context = *state;
    int64_t now = time_now();
    struct op_mark mark = new_mark();
    struct outcome first = { { 1, 2, 0, 3 },
                             { "a\0b\xff", 4 },
                             now + HOUR_MS };
    struct outcome second = { { 9 }, STR("other"), now + 2 * HOUR_MS };
    struct outcome out;

    must_be(context, get_outcome(context, context->owner, mark, now, &out),
            ERR_NOT_FOUND);
    assert_true(put_outcome(context, mark, &first));
    assert_false(put_outcome(context, mark, &second));
    must(context, get_outcome(context, context->owner, mark, now, &out));
    assert_memory_equal(out.fingerprint, first.fingerprint, 16);
    assert_true(str_eq(out.sealed, first.sealed));
    assert_int_equal(out.expires_at, first.expires_at);
}

static void test_an_outcome_is_of_one_owner_and_mark(void **state)
{
    struct context *context = *state;
    int64_t now = time_now();
    struct op_mark mark = new_mark();
    struct outcome outcome = { { 1 }, STR("x"), now + HOUR_MS }, out;

    put_outcome(context, mark, &outcome);
    must_be(context, get_outcome(context, id_random(), mark, now, &out),
            ERR_NOT_FOUND);
    must_be(context,
            get_outcome(context, context->owner, new_mark(), now, &out),
            ERR_NOT_FOUND);
}

static void test_an_outcome_expires(void **state)
{
    struct context *context = *state;
    int64_t now = time_now();
    struct op_mark mark = new_mark();
    struct outcome outcome = { { 1 }, STR("x"), now + HOUR_MS }, out;

    put_outcome(context, mark, &outcome);
    must(context, get_outcome(context, context->owner, mark,
                              now + HOUR_MS - 1, &out));
    must_be(context,
            get_outcome(context, context->owner, mark, now + HOUR_MS, &out),
            ERR_NOT_FOUND);
}

static void test_an_outcome_may_be_large_or_empty(void **state)
{
    struct context *context = *state;
    int64_t now = time_now();
    char *bytes = arena_alloc(&context->arena, OUTCOME_BYTES_MAX);
    struct op_mark large = new_mark(), empty = new_mark();
    struct outcome outcome = { .expires_at = now + HOUR_MS }, out;

    for (size_t i = 0; i < OUTCOME_BYTES_MAX; i++)
        bytes[i] = (char)(i * 31);
    outcome.sealed = (struct str){ bytes, OUTCOME_BYTES_MAX };
    put_outcome(context, large, &outcome);
    must(context, get_outcome(context, context->owner, large, now, &out));
    assert_true(str_eq(out.sealed, outcome.sealed));
    outcome.sealed = STR("");
    put_outcome(context, empty, &outcome);
    must(context, get_outcome(context, context->owner, empty, now, &out));
    assert_false(str_is_none(out.sealed));
    assert_int_equal(out.sealed.len, 0);
}

/* ---- Throttles ---- */

static int64_t hit(struct context *context, struct hash subject, int64_t now,
                   int64_t *ends)
{
    int64_t count = -1;

    must(context,
         context->ops->throttle_hit(context->store, subject, now, 1000,
                                    &count, ends, &context->error));
    return count;
}

static void test_a_window_starts_with_its_first_hit(void **state)
{
    struct context *context = *state;
    struct hash subject = new_hash(), other = new_hash();
    int64_t now = time_now(), ends = 0;

    assert_int_equal(hit(context, subject, now, &ends), 1);
    assert_int_equal(ends, now + 1000);
    assert_int_equal(hit(context, subject, now + 500, &ends), 2);
    assert_int_equal(ends, now + 1000); /* it does not move */
    assert_int_equal(hit(context, other, now + 500, &ends), 1);
    assert_int_equal(hit(context, subject, now + 999, &ends), 3);
    assert_int_equal(hit(context, subject, now + 1000, &ends), 1);
    assert_int_equal(ends, now + 2000);
}

static void test_a_cleared_throttle_starts_anew(void **state)
{
    struct context *context = *state;
    struct hash subject = new_hash(), other = new_hash();
    int64_t now = time_now(), ends = 0;

    hit(context, subject, now, &ends);
    hit(context, other, now, &ends);
    for (int i = 0; i < 2; i++)
        must(context, context->ops->throttle_clear(context->store, subject,
                                                   &context->error));
    assert_int_equal(hit(context, subject, now + 1, &ends), 1);
    assert_int_equal(ends, now + 1001);
    assert_int_equal(hit(context, other, now + 1, &ends), 2);
}

/* ---- The first account ---- */

static bool claim(struct context *context, struct id user)
{
    bool first = false;

    must(context, context->ops->claim_first(context->store, user, &first,
                                            &context->error));
    return first;
}

/* On a store that is in use somebody has it, and that is all to be seen. */
static void test_the_first_place_is_given_once(void **state)
{
    struct context *context = *state;
    struct user one = new_user(&context->arena);
    struct user two = new_user(&context->arena), out;
    enum write_effect effect;

    if (!claim(context, one.id)) {
        assert_false(claim(context, one.id));
        assert_false(claim(context, two.id));
        return;
    }
    must(context, context->ops->create(context->store, &context->arena,
                                       KIND_USER, &one, (struct op_mark){ 0 },
                                       &out, &effect, &context->error));
    assert_true(claim(context, one.id)); /* repeatable */
    assert_false(claim(context, two.id));
    erase(context, one.id);
    assert_true(claim(context, two.id));
    erase(context, two.id);
}

/* Between the claim and the account a second claim must not get through:
 * there would be two administrators. */
static void test_a_fresh_claim_holds_without_an_account(void **state)
{
    struct context *context = *state;
    struct id one = id_random(), two = id_random();

    if (claim(context, one)) {
        assert_false(claim(context, two));
        assert_true(claim(context, one));
        erase(context, one);
    }
}

/* ---- Readiness ---- */

static void test_a_migrated_store_is_ready(void **state)
{
    struct context *context = *state;

    must(context, context->ops->ping(context->store, &context->error));
    must(context, context->ops->migrate(context->store, &context->error));
    must(context,
         context->ops->check(context->store, false, &context->error));
    must(context, context->ops->check(context->store, true,
                                      &context->error));
    assert_true(strcmp(context->ops->name, "sqlite") == 0 ||
                strcmp(context->ops->name, "mongodb") == 0);
}

static void test_stats_count_records(void **state)
{
    struct context *context = *state;
    struct store_stats before, after;
    struct task task = new_task(context->owner, "x");

    must(context, context->ops->stats(context->store, &before,
                                      &context->error));
    created(context, &task);
    must(context, context->ops->stats(context->store, &after,
                                      &context->error));
    assert_int_equal(after.records[KIND_TASK],
                     before.records[KIND_TASK] + 1);
    assert_int_equal(after.records[KIND_LIST], before.records[KIND_LIST]);
}

int run_guard(void)
{
    static const struct CMUnitTest tests[] = {
        CONTRACT_TEST(test_the_first_outcome_stays),
        CONTRACT_TEST(test_an_outcome_is_of_one_owner_and_mark),
        CONTRACT_TEST(test_an_outcome_expires),
        CONTRACT_TEST(test_an_outcome_may_be_large_or_empty),
        CONTRACT_TEST(test_a_window_starts_with_its_first_hit),
        CONTRACT_TEST(test_a_cleared_throttle_starts_anew),
        CONTRACT_TEST(test_the_first_place_is_given_once),
        CONTRACT_TEST(test_a_fresh_claim_holds_without_an_account),
        CONTRACT_TEST(test_a_migrated_store_is_ready),
        CONTRACT_TEST(test_stats_count_records),
    };

    return cmocka_run_group_tests_name("guard", tests, NULL, NULL);
}
