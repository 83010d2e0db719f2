/* Search by the beginnings of folded words. */
#include "contract.h"
#include "domain/words.h"

struct found {
    struct id ids[64];
    size_t len, stop_after;
};

static bool note_found(void *context, const void *record)
{
    const struct task *task = record;
    struct found *found = context;

    assert_true(found->len < COUNT(found->ids));
    for (size_t i = 0; i < found->len; i++)
        assert_false(id_eq(found->ids[i], task->id)); /* none twice */
    found->ids[found->len++] = task->id;
    /* The whole record, its words too: the score is made from them. */
    assert_true(task->title_words.len + task->notes_words.len > 0);
    return found->len != found->stop_after;
}

/* Terms are separated by spaces, as they are folded. */
static size_t search(struct context *context, struct id owner,
                     const char *query, enum tristate completed,
                     struct found *found)
{
    struct strs terms = words_split(&context->arena, str_from(query));

    *found = (struct found){ 0 };
    must(context, context->ops->task_search(context->store, owner, terms,
                                            completed, note_found, found,
                                            &context->error));
    return found->len;
}

static struct task worded(struct context *context, const char *title,
                          const char *notes)
{
    struct task task = new_task(context->owner, title);

    task.notes = str_from(notes);
    task.title_words = words_split(&context->arena, task.title);
    task.notes_words = words_split(&context->arena, task.notes);
    return created(context, &task);
}

static size_t hits(struct context *context, const char *query)
{
    struct found found;

    return search(context, context->owner, query, ANY, &found);
}

static void test_search_finds_words_by_their_beginning(void **state)
{
    struct context *context = *state;
    struct task rent = worded(context, "Pay the rent", "before Friday");
    struct found found;

    worded(context, "Rental car", "");
    worded(context, "Parent meeting", "");
    assert_int_equal(hits(context, "rent"), 2); /* not "parent" */
    assert_int_equal(hits(context, "rental"), 1);
    assert_int_equal(hits(context, "rentals"), 0);
    assert_int_equal(hits(context, "friday"), 1); /* of the notes */
    assert_int_equal(hits(context, "r p"), 1);    /* each term */
    assert_int_equal(hits(context, "r f"), 1);    /* in title or notes */
    assert_int_equal(hits(context, "rent missing"), 0);
    assert_int_equal(search(context, context->owner, "fri pay", ANY, &found),
                     1);
    assert_true(id_eq(found.ids[0], rent.id));
}

static void test_search_compares_bytes_of_any_script(void **state)
{
    struct context *context = *state;

    worded(context, "CAF\xc3\x89 \xd0\x9c\xd0\xbe\xd1\x81\xd0\xba\xd0\xb2\xd0"
                    "\xb0 \xd7\xa9\xd7\x9c\xd7\x95\xd7\x9d",
           "");
    worded(context, "\xe6\x9d\xb1\xe4\xba\xac\xe9\x83\xbd", "");
    assert_int_equal(hits(context, "cafe"), 1);
    assert_int_equal(hits(context, "\xd0\xbc\xd0\xbe\xd1\x81"), 1);
    assert_int_equal(hits(context, "\xd7\xa9\xd7\x9c"), 1);
    assert_int_equal(hits(context, "\xe6\x9d\xb1\xe4\xba\xac"), 1);
    assert_int_equal(hits(context, "\xe4\xba\xac\xe9\x83\xbd"), 1);
}

static void test_search_takes_terms_as_text(void **state)
{
    static const char *const terms[] = { ".*", "%", "_", "a%", "^a", "$ne",
                                         "a|b", "(", "\\" };
    struct context *context = *state;
    struct found found = { 0 };

    worded(context, "abc", "");
    for (size_t i = 0; i < COUNT(terms); i++) {
        struct str term = str_from(terms[i]);

        must(context,
             context->ops->task_search(context->store, context->owner,
                                       (struct strs){ &term, 1 }, ANY,
                                       note_found, &found, &context->error));
        assert_int_equal(found.len, 0);
    }
}

static void test_search_leaves_the_trash_and_others_out(void **state)
{
    struct context *context = *state;
    struct task gone = worded(context, "secret plan", "");
    struct task done = worded(context, "secret done", ""), out;
    struct task values = { .completed = true, .completed_at = 1000 };
    struct change change = change_of(
        key_owned(done.owner, done.id),
        FIELD_BIT(TASK_COMPLETED) | FIELD_BIT(TASK_COMPLETED_AT), &values);
    enum write_effect effect;
    struct found found;

    assert_int_equal(hits(context, "secret"), 2);
    assert_int_equal(search(context, id_random(), "secret", ANY, &found), 0);
    trashed(context, &gone);
    must(context,
         context->ops->update(context->store, &context->arena, KIND_TASK,
                              &change, &out, &effect, &context->error));
    assert_int_equal(hits(context, "secret"), 1);
    assert_int_equal(search(context, context->owner, "secret", YES, &found),
                     1);
    assert_int_equal(search(context, context->owner, "secret", NO, &found),
                     0);
}

static void test_search_follows_changed_words(void **state)
{
    struct context *context = *state;
    struct task task = worded(context, "alpha beta", "beta gamma"), out;
    struct task values = { .title = STR("beta delta") };
    struct change change = change_of(
        key_owned(task.owner, task.id),
        FIELD_BIT(TASK_TITLE) | FIELD_BIT(TASK_TITLE_WORDS), &values);
    enum write_effect effect;

    values.title_words = words_split(&context->arena, values.title);
    must(context,
         context->ops->update(context->store, &context->arena, KIND_TASK,
                              &change, &out, &effect, &context->error));
    assert_int_equal(hits(context, "alpha"), 0);
    assert_int_equal(hits(context, "delta"), 1);
    assert_int_equal(hits(context, "beta"), 1);
    assert_int_equal(hits(context, "gamma"), 1);
    values.notes_words = (struct strs){ NULL, 0 };
    change.fields = FIELD_BIT(TASK_NOTES_WORDS);
    must(context,
         context->ops->update(context->store, &context->arena, KIND_TASK,
                              &change, &out, &effect, &context->error));
    assert_int_equal(hits(context, "gamma"), 0);
    assert_int_equal(hits(context, "beta"), 1);
    out.title_words = words_split(&context->arena, STR("epsilon"));
    must(context, put(context, KIND_TASK, &out));
    assert_int_equal(hits(context, "beta"), 0);
    assert_int_equal(hits(context, "epsilon"), 1);
}

static void test_search_ends_when_the_visitor_says_so(void **state)
{
    struct context *context = *state;
    struct found found = { .stop_after = 3 };
    struct str term = STR("same");

    for (int i = 0; i < 10; i++)
        worded(context, "same words", "");
    assert_int_equal(hits(context, "same"), 10);
    must(context,
         context->ops->task_search(context->store, context->owner,
                                   (struct strs){ &term, 1 }, ANY, note_found,
                                   &found, &context->error));
    assert_int_equal(found.len, 3);
    assert_int_equal(hits(context, "wor"), 10);
}

int run_search(void)
{
    static const struct CMUnitTest tests[] = {
        CONTRACT_TEST(test_search_finds_words_by_their_beginning),
        CONTRACT_TEST(test_search_compares_bytes_of_any_script),
        CONTRACT_TEST(test_search_takes_terms_as_text),
        CONTRACT_TEST(test_search_leaves_the_trash_and_others_out),
        CONTRACT_TEST(test_search_follows_changed_words),
        CONTRACT_TEST(test_search_ends_when_the_visitor_says_so),
    };

    return cmocka_run_group_tests_name("search", tests, NULL, NULL);
}
