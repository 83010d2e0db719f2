#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <termios.h>
#include <unistd.h>

#include "admin/admin.h"
#include "service/accounts.h"

enum { LINE_MAX_BYTES = 2048 };

static const char usage[] =
    "Usage: steady-admin user add EMAIL [--name NAME] [--admin]\n"
    "       steady-admin user list\n"
    "       steady-admin user disable EMAIL\n"
    "       steady-admin user enable EMAIL\n"
    "       steady-admin user password EMAIL\n"
    "\n"
    "add and password read the new password from standard input: typed\n"
    "without echo on a terminal, else the first line. Disabling ends the\n"
    "person's sessions and stops their tokens; a new password ends sessions.\n";

static void set_echo(bool on)
{
    struct termios terminal;

    if (tcgetattr(STDIN_FILENO, &terminal) != 0)
        return;
    if (on)
        terminal.c_lflag |= ECHO;
    else
        terminal.c_lflag &= ~(tcflag_t)ECHO;
    tcsetattr(STDIN_FILENO, TCSAFLUSH, &terminal);
}

static struct str read_password(struct arena *arena)
{
    char line[LINE_MAX_BYTES] = "";
    bool terminal = isatty(STDIN_FILENO) == 1;

    if (terminal) {
        fputs("New password: ", stderr);
        set_echo(false);
    }
    if (fgets(line, sizeof(line), stdin) == NULL)
        line[0] = '\0';
    if (terminal) {
        set_echo(true);
        fputc('\n', stderr);
    }
    line[strcspn(line, "\r\n")] = '\0';
    return arena_copy(arena, str_from(line));
}

static int add(struct admin *admin, const char *email, int argc, char **argv)
{
    const char *name = admin_option(argc, argv, "--name");
    struct error error = { 0 };
    struct user values, user;
    char id[ID_TEXT_LEN + 1];

    memcpy(&values, user_schema.defaults, sizeof(values));
    values.email = str_from(email);
    values.name = str_from(name == NULL ? "" : name);
    values.role = admin_flag(argc, argv, "--admin") ? ROLE_ADMIN
                                                    : ROLE_MEMBER;
    if (accounts_add(&admin->call, &values, read_password(&admin->arena),
                     &user, &error) != ERR_NONE)
        return admin_failed(&error);
    id_format(user.id, id);
    printf("added %s with the id %s\n", email, id);
    return EXIT_SUCCESS;
}

static int list(struct admin *admin)
{
    struct error error = { 0 };
    struct user_page page;

    if (admin->call.store->ops->user_all(admin->call.store, &admin->arena,
                                         &page, &error) != ERR_NONE)
        return admin_failed(&error);
    for (size_t i = 0; i < page.len; i++) {
        const struct user *user = &page.items[i];
        char id[ID_TEXT_LEN + 1];

        id_format(user->id, id);
        printf("%s  %-8s %-8s %.*s\n", id,
               user->role == ROLE_ADMIN ? "admin" : "member",
               user->disabled ? "disabled" : "active", STR_ARG(user->email));
    }
    printf("%zu user%s\n", page.len, page.len == 1 ? "" : "s");
    return EXIT_SUCCESS;
}

static int change(struct admin *admin, const char *verb, const char *email)
{
    struct error error = { 0 };
    struct user user;
    enum err err = accounts_find(&admin->call, str_from(email), &user,
                                 &error);

    if (err == ERR_NONE && strcmp(verb, "password") == 0)
        err = accounts_set_password(&admin->call, user.id,
                                    read_password(&admin->arena), &error);
    else if (err == ERR_NONE)
        err = accounts_disable(&admin->call, user.id,
                               strcmp(verb, "disable") == 0, &error);
    if (err != ERR_NONE)
        return admin_failed(&error);
    printf("%s: %s\n", email,
           strcmp(verb, "password") == 0  ? "the password is changed"
           : strcmp(verb, "disable") == 0 ? "disabled"
                                          : "enabled");
    return EXIT_SUCCESS;
}

int command_user(struct admin *admin, int argc, char **argv)
{
    const char *verb = argc > 1 ? argv[1] : "";

    if (admin_wants_help(argc, argv))
        return admin_usage(usage, true);
    if (strcmp(verb, "list") == 0 && argc == 2)
        return list(admin);
    if (argc < 3)
        return admin_usage(usage, false);
    if (strcmp(verb, "add") == 0)
        return add(admin, argv[2], argc, argv);
    if (argc == 3 &&
        (strcmp(verb, "disable") == 0 || strcmp(verb, "enable") == 0 ||
         strcmp(verb, "password") == 0))
        return change(admin, verb, argv[2]);
    return admin_usage(usage, false);
}
