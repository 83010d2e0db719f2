#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include "admin/admin.h"

static const char drain_usage[] =
    "Usage: steady-admin drain\n"
    "\n"
    "Makes /readyz answer 503, so that load balancers send no new requests\n"
    "here, ends kept connections with their next answer, and all streams of\n"
    "events. Everything else is served as before. It holds until\n"
    "`steady-admin undrain`, or until Steady is started again. Steady does\n"
    "the same by itself when it is told to stop. It must be running, on this\n"
    "STEADY_RUN_DIR.\n";

static const char undrain_usage[] =
    "Usage: steady-admin undrain\n"
    "\n"
    "Takes `steady-admin drain` back.\n";

/* Does supervisord listen in this folder? */
static bool is_running(const char *run_dir)
{
    struct sockaddr_un address = { .sun_family = AF_UNIX };
    int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    int len = snprintf(address.sun_path, sizeof(address.sun_path),
                       "%s/supervisor.sock", run_dir);
    bool running = fd >= 0 && len < (int)sizeof(address.sun_path) &&
                   connect(fd, (const struct sockaddr *)&address,
                           sizeof(address)) == 0;

    if (fd >= 0)
        close(fd);
    return running;
}

/* The file whose existence means draining, once it is sure whose it is. */
static enum err find_mark(struct admin *admin, const char **path,
                          struct error *error)
{
    const char *run_dir = admin->config->run_dir;

    if (!is_running(run_dir))
        return error_set(error, ERR_NOT_FOUND,
                         "no Steady that this user may speak to runs on "
                         "STEADY_RUN_DIR (%s).",
                         run_dir);
    *path = arena_cstr(&admin->arena, arena_printf(&admin->arena,
                                                   "%s/draining", run_dir));
    return ERR_NONE;
}

int command_drain(struct admin *admin, int argc, char **argv)
{
    struct error error = { 0 };
    const char *path;
    int fd;

    if (admin_wants_help(argc, argv) || argc > 1)
        return admin_usage(drain_usage, admin_wants_help(argc, argv));
    if (find_mark(admin, &path, &error) != ERR_NONE)
        return admin_failed(&error);
    fd = open(path, O_WRONLY | O_CREAT | O_CLOEXEC, 0600);
    if (fd < 0) {
        (void)error_set(&error, ERR_INTERNAL, "%s cannot be made (%s).", path,
                        strerror(errno));
        return admin_failed(&error);
    }
    close(fd);
    puts("draining: /readyz answers 503, everything else is served");
    return EXIT_SUCCESS;
}

int command_undrain(struct admin *admin, int argc, char **argv)
{
    struct error error = { 0 };
    const char *path;

    if (admin_wants_help(argc, argv) || argc > 1)
        return admin_usage(undrain_usage, admin_wants_help(argc, argv));
    if (find_mark(admin, &path, &error) != ERR_NONE)
        return admin_failed(&error);
    if (unlink(path) != 0 && errno != ENOENT) {
        (void)error_set(&error, ERR_INTERNAL, "%s cannot be removed (%s).",
                        path, strerror(errno));
        return admin_failed(&error);
    }
    puts("not draining: /readyz answers as the store does");
    return EXIT_SUCCESS;
}
