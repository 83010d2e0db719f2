#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "admin/admin.h"
#include "base/num.h"
#include "store/store_mongo_setup.h"

enum { LINE_BYTES = 1024, WAIT_SECONDS = 60, WAIT_SECONDS_MAX = 3600 };

static const char usage[] =
    "Usage: steady-admin mongodb init [--admin-password-file FILE]\n"
    "                                 [--wait SECONDS]\n"
    "\n"
    "Makes new mongod servers into what STEADY_MONGODB_URI says: a replica\n"
    "set of that name with those hosts, and a user with that password, who\n"
    "may read and write that database and nothing else. For this it makes\n"
    "the user \"" MONGO_SETUP_ADMIN "\", role root, with the first line of "
    "FILE as password.\n"
    "An address without a user is for servers that ask for none.\n"
    "\n"
    "Run it on the machine of the first host, or in its network namespace:\n"
    "MongoDB takes the first user from localhost alone. It waits for the\n"
    "servers (60 s in all) and may be repeated: what is there stays, hosts\n"
    "that are missing in the set are added, and a new password in the address\n"
    "becomes the user's.\n";

/* The first line, or NULL after a complaint. */
static const char *read_password(const char *path, char line[LINE_BYTES])
{
    const char *wrong = NULL;
    FILE *file;

    line[0] = '\0';
    errno = 0;
    file = fopen(path, "re");
    if (file == NULL || fgets(line, LINE_BYTES, file) == NULL)
        wrong = errno != 0 ? strerror(errno) : "it is empty";
    else if (strlen(line) == LINE_BYTES - 1)
        wrong = "its first line is too long";
    else if (strcspn(line, "\r\n") == 0)
        wrong = "its first line is empty";
    if (file != NULL)
        fclose(file);
    if (wrong != NULL)
        fprintf(stderr, "steady-admin: %s: %s.\n", path, wrong);
    line[strcspn(line, "\r\n")] = '\0';
    return wrong == NULL ? line : NULL;
}

static void report(const struct mongo_setup_done *done)
{
    if (done->initiated)
        printf("initiated the replica set %s\n", done->replica_set);
    if (done->admin_made)
        puts("made the user " MONGO_SETUP_ADMIN);
    if (done->user_made)
        printf("made the user %s\n", done->user);
    if (done->password_changed)
        printf("changed the password of the user %s\n", done->user);
    if (done->added > 0)
        printf("added %zu member%s\n", done->added,
               done->added == 1 ? "" : "s");
    printf("the replica set %s of %zu is ready\n", done->replica_set,
           done->members);
}

int command_mongodb(struct admin *admin, int argc, char **argv)
{
    const char *file = admin_option(argc, argv, "--admin-password-file");
    const char *wait = admin_option(argc, argv, "--wait");
    char line[LINE_BYTES];
    int64_t seconds = WAIT_SECONDS;
    struct mongo_setup setup = { .uri = admin->config->mongodb_uri };
    struct mongo_setup_done done;
    struct error error = { 0 };

    if (admin_wants_help(argc, argv))
        return admin_usage(usage, true);
    if (argc < 2 || strcmp(argv[1], "init") != 0 ||
        !admin_options_known(argc - 1, argv + 1, "--admin-password-file",
                             "--wait", NULL) ||
        (wait != NULL &&
         !num_parse(str_from(wait), 1, WAIT_SECONDS_MAX, &seconds)))
        return admin_usage(usage, false);
    if (file != NULL) {
        setup.admin_password = read_password(file, line);
        if (setup.admin_password == NULL)
            return EXIT_FAILURE;
    }
    setup.seconds = (int)seconds;
    if (store_mongo_setup(&setup, &done, &error) != ERR_NONE)
        return admin_failed(&error);
    report(&done);
    return EXIT_SUCCESS;
}
