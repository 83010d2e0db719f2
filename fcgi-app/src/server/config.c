#include "server/config.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/num.h"

#define FILE_SUFFIX "_FILE"

extern char **environ;

/* Each takes its value into the configuration, or says what it must be. */
typedef const char *take(struct config *config, const char *value);

static const char *take_mongodb_uri(struct config *config, const char *value)
{
    config->mongodb_uri = value;
    if (value[0] == '\0' || strncmp(value, "mongodb://", 10) == 0 ||
        strncmp(value, "mongodb+srv://", 14) == 0)
        return NULL;
    return "must begin with mongodb:// or mongodb+srv://";
}

static const char *take_data_dir(struct config *config, const char *value)
{
    config->data_dir = value;
    return value[0] == '\0' ? "must name a folder" : NULL;
}

static const char *take_run_dir(struct config *config, const char *value)
{
    config->run_dir = value;
    return value[0] == '\0' ? "must name a folder" : NULL;
}

static const char *take_public_url(struct config *config, const char *value)
{
    size_t len = strlen(value);

    config->public_url = value;
    if (len == 0)
        return NULL;
    if (strncmp(value, "http://", 7) != 0 && strncmp(value, "https://", 8) != 0)
        return "must begin with http:// or https://";
    if (strchr(strstr(value, "://") + 3, '/') != NULL)
        return "must be an origin such as https://todo.example.org, without "
               "a path and without a slash at the end";
    return NULL;
}

static const char *take_auth(struct config *config, const char *value)
{
    config->auth_none = strcmp(value, "none") == 0;
    return config->auth_none || strcmp(value, "accounts") == 0
               ? NULL
               : "must be accounts or none";
}

static const char *take_registration(struct config *config, const char *value)
{
    config->registration_open = strcmp(value, "open") == 0;
    return config->registration_open || strcmp(value, "closed") == 0
               ? NULL
               : "must be closed or open";
}

static const char *take_workers(struct config *config, const char *value)
{
    if (value[0] == '\0' ||
        num_parse(str_from(value), 1, WORKERS_MAX, &config->workers))
        return NULL;
    return "must be a number from 1 to 256";
}

static const char *take_log_level(struct config *config, const char *value)
{
    return log_level_parse(str_from(value), &config->log_level)
               ? NULL
               : "must be debug, info, warn or error";
}

static const char *take_port(struct config *config, const char *value)
{
    int64_t port;

    (void)config;
    return num_parse(str_from(value), 1, 65535, &port)
               ? NULL
               : "must be a port from 1 to 65535";
}

static const char *take_rate_limit(struct config *config, const char *value)
{
    int64_t rate;

    (void)config;
    return num_parse(str_from(value), 0, 1000000, &rate)
               ? NULL
               : "must be requests per second, 0 for no limit";
}

static const char *take_drain_seconds(struct config *config, const char *value)
{
    int64_t seconds;

    (void)config;
    return num_parse(str_from(value), 0, 60, &seconds)
               ? NULL
               : "must be seconds from 0 to 60";
}

/* For nginx and the entrypoint, which check it themselves. */
static const char *take_text(struct config *config, const char *value)
{
    (void)config;
    (void)value;
    return NULL;
}

static const struct variable {
    const char *name;
    const char *value; /* when it is not set */
    take *take;
} variables[] = {
    { "STEADY_MONGODB_URI", "", take_mongodb_uri },
    { "STEADY_DATA_DIR", "/var/lib/steady", take_data_dir },
    { "STEADY_RUN_DIR", "/run/steady", take_run_dir },
    { "STEADY_PUBLIC_URL", "", take_public_url },
    { "STEADY_AUTH", "accounts", take_auth },
    { "STEADY_REGISTRATION", "closed", take_registration },
    { "STEADY_WORKERS", "", take_workers },
    { "STEADY_LOG_LEVEL", "info", take_log_level },
    { "STEADY_PORT", "8080", take_port },
    { "STEADY_RATE_LIMIT", "100", take_rate_limit },
    { "STEADY_DRAIN_SECONDS", "0", take_drain_seconds },
    { "STEADY_TRUSTED_PROXIES", "", take_text },
    { "STEADY_LOG_DIR", "", take_text },
    { "STEADY_STATIC_DIR", "", take_text },
    { "STEADY_ASSETS_DIR", "", take_text },
    { "STEADY_BIND", "", take_text },
};

_Static_assert(sizeof(variables) / sizeof(variables[0]) == CONFIG_VARIABLES,
               "struct config has a value for each variable");

/* Is it one, or the file of one? */
static bool is_known(const char *name, size_t len)
{
    for (size_t i = 0; i < CONFIG_VARIABLES; i++) {
        size_t known = strlen(variables[i].name);

        if (len >= known && strncmp(variables[i].name, name, known) == 0 &&
            (len == known ||
             (len == known + strlen(FILE_SUFFIX) &&
              strncmp(name + known, FILE_SUFFIX, len - known) == 0)))
            return true;
    }
    return false;
}

static void refuse_unknown(struct error *error)
{
    for (char **entry = environ; *entry != NULL; entry++) {
        char name[ERROR_POINTER_MAX] = "";
        size_t len = strcspn(*entry, "=");

        /* STEADY_TEST_* belongs to the test suites. */
        if (strncmp(*entry, "STEADY_", 7) != 0 || (*entry)[len] != '=' ||
            strncmp(*entry, "STEADY_TEST_", 12) == 0 ||
            is_known(*entry, len))
            continue;
        memcpy(name, *entry, len < sizeof(name) ? len : sizeof(name) - 1);
        error_add(error, name, "unknown",
                  "is not a setting of Steady (is it misspelt?)");
    }
}

/* At most max bytes of a regular file; -1 and the reason if that fails. */
static ssize_t read_file(const char *path, char *bytes, size_t max,
                         const char **why)
{
    /* Whatever a path may name, opening it never waits. */
    int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK);
    struct stat about;
    ssize_t n = -1;
    size_t len = 0;

    if (fd >= 0 && fstat(fd, &about) == 0 && !S_ISREG(about.st_mode)) {
        *why = "it is no regular file";
    } else {
        while (fd >= 0 && len < max &&
               (n = read(fd, bytes + len, max - len)) > 0)
            len += (size_t)n;
        *why = strerror(errno);
    }
    if (fd >= 0)
        close(fd);
    return n < 0 ? -1 : (ssize_t)len;
}

/* The content of the file without its last newline, or NULL and an error.
 * Neither is ever quoted: a URI may stand where its file's name belongs. */
static const char *from_file(const char *name, const char *path,
                             struct arena *arena, struct error *error)
{
    char *text = arena_alloc(arena, CONFIG_FILE_MAX + 2);
    const char *why;
    ssize_t len = read_file(path, text, CONFIG_FILE_MAX + 1, &why);

    if (len < 0)
        error_add(error, name, "unreadable",
                  "names a file that cannot be read (%s)", why);
    else if (len > CONFIG_FILE_MAX)
        error_add(error, name, "too_large",
                  "names a file of more than %d bytes", CONFIG_FILE_MAX);
    if (len < 0 || len > CONFIG_FILE_MAX)
        return NULL;
    if (len > 0 && text[len - 1] == '\n')
        len--;
    text[len] = '\0';
    if (len == 0)
        error_add(error, name, "empty", "names a file that is empty");
    else if (memchr(text, '\0', (size_t)len) != NULL)
        error_add(error, name, "wrong", "names a file that is not text");
    else
        return text;
    return NULL;
}

/* The value as NAME or NAME_FILE gives it; "" if neither does. NULL after an
 * error. */
static const char *given(const char *name, struct arena *arena,
                         struct error *error)
{
    char name_file[ERROR_POINTER_MAX];
    const char *value = getenv(name);
    const char *path;

    snprintf(name_file, sizeof(name_file), "%s" FILE_SUFFIX, name);
    path = getenv(name_file);
    if (value == NULL)
        value = "";
    if (path == NULL || path[0] == '\0')
        return value;
    if (value[0] == '\0')
        return from_file(name_file, path, arena, error);
    error_add(error, name, "twice", "and %s are both set; unset one of them",
              name_file);
    return NULL;
}

static const char *check_text(const char *value)
{
    for (; *value != '\0'; value++) {
        if ((unsigned char)*value < ' ' || *value == '\x7f')
            return "must be one line without control characters";
    }
    return NULL;
}

enum err config_load(struct config *config, struct arena *arena,
                     struct error *error)
{
    *config = (struct config){ 0 };
    for (size_t i = 0; i < CONFIG_VARIABLES; i++) {
        const char *value = given(variables[i].name, arena, error);
        const char *wrong;

        if (value == NULL || value[0] == '\0')
            value = variables[i].value;
        config->values[i] = value;
        wrong = variables[i].take(config, value);
        if (wrong == NULL)
            wrong = check_text(value);
        if (wrong != NULL)
            error_add(error, variables[i].name, "wrong", "%s", wrong);
    }
    refuse_unknown(error);
    if (config->workers == 0)
        config->workers = config->mongodb_uri[0] != '\0' ? WORKERS_MONGODB
                                                         : WORKERS_SQLITE;
    return error->code;
}

void config_print(const struct config *config, FILE *file)
{
    for (size_t i = 0; i < CONFIG_VARIABLES; i++) {
        const char *value = config->values[i];

        if (variables[i].take == take_mongodb_uri && value[0] != '\0')
            value = "(set)";
        if (variables[i].take == take_workers)
            fprintf(file, "%s=%lld\n", variables[i].name,
                    (long long)config->workers);
        else
            fprintf(file, "%s=%s\n", variables[i].name, value);
    }
}
