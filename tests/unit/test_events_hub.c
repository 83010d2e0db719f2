/* Who is woken, and who has missed something. */
#include "cases.h"

#include <stdlib.h>
#include <string.h>

#include "events/hub.h"

struct listener {
    struct stream stream; /* first */
    int woken;
};

static void wake(struct stream *stream)
{
    ((struct listener *)stream)->woken++;
}

/* Users 0 and HUB_BUCKETS share a bucket. */
static struct id user(unsigned number)
{
    struct id id = { { 7 } };

    id.bytes[ID_BYTES - 3] = (uint8_t)(number >> 16);
    id.bytes[ID_BYTES - 2] = (uint8_t)(number >> 8);
    id.bytes[ID_BYTES - 1] = (uint8_t)number;
    return id;
}

static struct hub *new_hub(void)
{
    struct hub *hub = calloc(1, sizeof(*hub));

    assert_non_null(hub);
    hub_begins(hub, 100, wake);
    return hub;
}

static void test_a_change_wakes_all_streams_of_its_user(void **state)
{
    struct hub *hub = new_hub();
    struct listener a = { .stream.user = user(0) }, b = a,
                    same_bucket = { .stream.user = user(HUB_BUCKETS) },
                    other = { .stream.user = user(1) };

    (void)state;
    assert_int_equal(hub_add(hub, &a.stream), ERR_NONE);
    assert_int_equal(hub_add(hub, &b.stream), ERR_NONE);
    assert_int_equal(hub_add(hub, &same_bucket.stream), ERR_NONE);
    assert_int_equal(hub_add(hub, &other.stream), ERR_NONE);
    hub_changed(hub, user(0), 101, wake);
    assert_int_equal(a.woken, 1);
    assert_int_equal(b.woken, 1);
    assert_int_equal(same_bucket.woken, 0);
    assert_int_equal(other.woken, 0);
    hub_remove(hub, &a.stream);
    hub_changed(hub, user(0), 102, wake);
    assert_int_equal(a.woken, 1);
    assert_int_equal(b.woken, 2);
    assert_int_equal(hub->newest, 102);
    free(hub);
}

static void test_news_are_what_came_after_a_position(void **state)
{
    struct hub *hub = new_hub();

    (void)state;
    /* What was before the hub began, it cannot know. */
    assert_true(hub_has_news(hub, user(0), 0));
    assert_true(hub_has_news(hub, user(0), 99));
    assert_false(hub_has_news(hub, user(0), 100));
    hub_changed(hub, user(0), 105, wake);
    assert_true(hub_has_news(hub, user(0), 104));
    assert_false(hub_has_news(hub, user(0), 105));
    assert_false(hub_has_news(hub, user(1), 100));
    /* The same comes again, or late: nothing is forgotten. */
    hub_changed(hub, user(0), 103, wake);
    assert_true(hub_has_news(hub, user(0), 104));
    assert_int_equal(hub->newest, 105);
    free(hub);
}

static void test_a_gap_wakes_all_and_a_resumption_nobody(void **state)
{
    struct hub *hub = new_hub();
    struct listener a = { .stream.user = user(0) };

    (void)state;
    assert_int_equal(hub_add(hub, &a.stream), ERR_NONE);
    hub_changed(hub, user(1), 110, wake);
    hub_begins(hub, 110, wake);
    assert_int_equal(a.woken, 0);
    assert_false(hub_has_news(hub, user(0), 100));
    hub_begins(hub, 200, wake);
    assert_int_equal(a.woken, 1);
    assert_true(hub_has_news(hub, user(0), 199));
    assert_false(hub_has_news(hub, user(0), 200));
    free(hub);
}

static void test_a_user_has_a_limit_of_his_own(void **state)
{
    static struct listener many[HUB_STREAMS_PER_USER + 1];
    struct hub *hub = new_hub();
    struct listener other = { .stream.user = user(HUB_BUCKETS) };

    (void)state;
    for (size_t i = 0; i <= HUB_STREAMS_PER_USER; i++) {
        many[i].stream.user = user(0);
        assert_int_equal(hub_add(hub, &many[i].stream),
                         i < HUB_STREAMS_PER_USER ? ERR_NONE : ERR_LIMIT);
    }
    assert_int_equal(hub_add(hub, &other.stream), ERR_NONE);
    hub_remove(hub, &many[0].stream);
    assert_int_equal(hub_add(hub, &many[HUB_STREAMS_PER_USER].stream),
                     ERR_NONE);
    free(hub);
}

static void take_out(struct stream *stream)
{
    memset(stream, 0xff, sizeof(*stream));
}

static void test_all_have_a_limit_and_may_go_while_visited(void **state)
{
    static struct listener many[HUB_STREAMS_MAX + 1];
    struct hub *hub = new_hub();

    (void)state;
    for (unsigned i = 0; i <= HUB_STREAMS_MAX; i++) {
        many[i].stream.user = user(i);
        assert_int_equal(hub_add(hub, &many[i].stream),
                         i < HUB_STREAMS_MAX ? ERR_NONE : ERR_UNAVAILABLE);
    }
    assert_int_equal(hub->len, HUB_STREAMS_MAX);
    hub_each(hub, take_out);
    free(hub);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_a_change_wakes_all_streams_of_its_user),
        cmocka_unit_test(test_news_are_what_came_after_a_position),
        cmocka_unit_test(test_a_gap_wakes_all_and_a_resumption_nobody),
        cmocka_unit_test(test_a_user_has_a_limit_of_his_own),
        cmocka_unit_test(test_all_have_a_limit_and_may_go_while_visited),
    };

    return cmocka_run_group_tests_name("events_hub", tests, NULL, NULL);
}
