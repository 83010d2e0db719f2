#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "admin/admin.h"
#include "service/accounts.h"

static const char usage[] =
    "Usage: steady-admin token add EMAIL --name NAME [--scope read|write]\n"
    "       steady-admin token list EMAIL\n"
    "       steady-admin token revoke EMAIL ID\n"
    "\n"
    "add prints the token; it is shown this once and kept as a hash only.\n"
    "The scope is read unless it is given.\n";

static int add(struct admin *admin, int argc, char **argv)
{
    const char *name = admin_option(argc, argv, "--name");
    const char *scope = admin_option(argc, argv, "--scope");
    struct error error = { 0 };
    struct token values, token;
    struct secret secret;

    if (name == NULL || name[0] == '\0' || strlen(name) > TOKEN_NAME_MAX ||
        (scope != NULL && strcmp(scope, "read") != 0 &&
         strcmp(scope, "write") != 0))
        return admin_usage(usage, false);
    memcpy(&values, token_schema.defaults, sizeof(values));
    values.name = str_from(name);
    values.scope = scope != NULL && strcmp(scope, "write") == 0 ? SCOPE_WRITE
                                                                : SCOPE_READ;
    if (tokens_create(&admin->call, &values, &token, &secret, &error) !=
        ERR_NONE)
        return admin_failed(&error);
    puts(secret.text);
    return EXIT_SUCCESS;
}

static int list(struct admin *admin)
{
    struct error error = { 0 };
    struct token_page page;

    if (tokens_all(&admin->call, &page, &error) != ERR_NONE)
        return admin_failed(&error);
    for (size_t i = 0; i < page.len; i++) {
        const struct token *token = &page.items[i];
        char id[ID_TEXT_LEN + 1], created[INSTANT_TEXT_LEN + 1];

        id_format(token->id, id);
        instant_format(token->created_at, created);
        printf("%s  %-5s %s  %.*s\n", id,
               token->scope == SCOPE_WRITE ? "write" : "read", created,
               STR_ARG(token->name));
    }
    printf("%zu token%s\n", page.len, page.len == 1 ? "" : "s");
    return EXIT_SUCCESS;
}

static int revoke(struct admin *admin, const char *text)
{
    struct error error = { 0 };
    struct id id;

    if (!id_parse(str_from(text), &id))
        return admin_usage(usage, false);
    if (tokens_revoke(&admin->call, id, &error) != ERR_NONE)
        return admin_failed(&error);
    printf("revoked %s\n", text);
    return EXIT_SUCCESS;
}

int command_token(struct admin *admin, int argc, char **argv)
{
    struct error error = { 0 };
    struct user user;

    if (admin_wants_help(argc, argv))
        return admin_usage(usage, true);
    if (argc < 3)
        return admin_usage(usage, false);
    if (accounts_find(&admin->call, str_from(argv[2]), &user, &error) !=
        ERR_NONE)
        return admin_failed(&error);
    admin->call.actor.user = user.id;
    if (strcmp(argv[1], "add") == 0)
        return add(admin, argc, argv);
    if (strcmp(argv[1], "list") == 0 && argc == 3)
        return list(admin);
    if (strcmp(argv[1], "revoke") == 0 && argc == 4)
        return revoke(admin, argv[3]);
    return admin_usage(usage, false);
}
