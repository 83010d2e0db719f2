#include "mongods.h"

#include <arpa/inet.h>
#include <ftw.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

enum { STEP_MS = 50, START_MS = 60000 };

static void fail(const char *what)
{
    fprintf(stderr, "mongods: %s\n", what);
    exit(2);
}

static void nap(void)
{
    const struct timespec step = { .tv_nsec = STEP_MS * 1000000L };

    nanosleep(&step, NULL);
}

const char *mongods_program(void)
{
    return getenv("STEADY_TEST_MONGOD");
}

static int free_port(void)
{
    struct sockaddr_in address = { .sin_family = AF_INET };
    socklen_t size = sizeof(address);
    int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);

    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    if (fd < 0 || bind(fd, (struct sockaddr *)&address, size) != 0 ||
        getsockname(fd, (struct sockaddr *)&address, &size) != 0)
        fail("no free port");
    close(fd);
    return ntohs(address.sin_port);
}

bool mongod_command(const struct mongods *set, int node, const char *database,
                    const char *json, bson_t *reply)
{
    char uri[128];
    bson_error_t error;
    mongoc_client_t *client;
    bson_t *command = bson_new_from_json((const uint8_t *)json, -1, &error);
    bool done;

    if (command == NULL)
        fail(error.message);
    snprintf(uri, sizeof(uri),
             "mongodb://127.0.0.1:%d/?directConnection=true"
             "&serverSelectionTimeoutMS=1000&socketTimeoutMS=3000",
             set->nodes[node].port);
    client = mongoc_client_new(uri);
    done = mongoc_client_command_simple(client, database, command, NULL,
                                        reply, &error);
    bson_destroy(command);
    mongoc_client_destroy(client);
    return done;
}

static bool hello(const struct mongods *set, int node, bool *primary)
{
    bson_t reply;
    bson_iter_t at;
    bool done = mongod_command(set, node, "admin", "{\"hello\":1}", &reply);

    *primary = done &&
               bson_iter_init_find(&at, &reply, "isWritablePrimary") &&
               bson_iter_as_bool(&at);
    bson_destroy(&reply);
    return done;
}

void mongod_run(struct mongods *set, int node)
{
    char path[96], log[112], port[16];
    bool primary;
    pid_t pid;
    int tries = START_MS / STEP_MS;

    snprintf(path, sizeof(path), "%s/%d", set->folder, node);
    snprintf(log, sizeof(log), "%s/mongod.log", path);
    snprintf(port, sizeof(port), "%d", set->nodes[node].port);
    mkdir(path, 0700);
    fflush(NULL); /* or the child writes our text again */
    pid = fork();
    if (pid < 0)
        fail("no process");
    if (pid == 0) {
        if (freopen("/dev/null", "w", stdout) == NULL)
            _exit(127);
        execl(mongods_program(), "mongod", "--replSet", "steady", "--bind_ip",
              "127.0.0.1", "--port", port, "--dbpath", path, "--logpath", log,
              "--logappend", "--nounixsocket", "--wiredTigerCacheSizeGB",
              "0.25", "--setParameter", "enableTestCommands=1",
              "--setParameter", "diagnosticDataCollectionEnabled=false",
              (char *)NULL);
        _exit(127);
    }
    set->nodes[node].pid = pid;
    while (!hello(set, node, &primary)) {
        if (waitpid(pid, NULL, WNOHANG) == pid || tries-- == 0)
            fail("a mongod did not start");
        nap();
    }
}

int mongods_primary(struct mongods *set, int not_this)
{
    for (int tries = START_MS / STEP_MS; tries > 0; tries--) {
        for (int i = 0; i < set->len; i++) {
            bool primary = false;

            if (i != not_this && set->nodes[i].pid != 0 &&
                hello(set, i, &primary) && primary)
                return i;
        }
        nap();
    }
    fail("no primary");
    return -1;
}

void mongods_start(struct mongods *set, int len, int election_ms)
{
    char text[512], members[256] = "";
    size_t used = 0, uri;
    bson_t reply;

    *set = (struct mongods){ .len = len };
    strcpy(set->folder, "/tmp/steady-mongods-XXXXXX");
    if (mkdtemp(set->folder) == NULL)
        fail("no temporary folder");
    uri = (size_t)snprintf(set->uri, sizeof(set->uri), "mongodb://");
    for (int i = 0; i < len; i++) {
        set->nodes[i].port = free_port();
        mongod_run(set, i);
        used += (size_t)snprintf(members + used, sizeof(members) - used,
                                 "%s{\"_id\":%d,\"host\":\"127.0.0.1:%d\"}",
                                 i == 0 ? "" : ",", i, set->nodes[i].port);
        uri += (size_t)snprintf(set->uri + uri, sizeof(set->uri) - uri,
                                "%s127.0.0.1:%d", i == 0 ? "" : ",",
                                set->nodes[i].port);
    }
    snprintf(text, sizeof(text),
             "{\"replSetInitiate\":{\"_id\":\"steady\",\"members\":[%s],"
             "\"settings\":{\"electionTimeoutMillis\":%d}}}",
             members, election_ms);
    if (!mongod_command(set, 0, "admin", text, &reply))
        fail("replSetInitiate failed");
    bson_destroy(&reply);
    mongods_primary(set, -1);
}

void mongod_kill(struct mongods *set, int node)
{
    if (set->nodes[node].pid == 0)
        return;
    kill(set->nodes[node].pid, SIGKILL);
    waitpid(set->nodes[node].pid, NULL, 0);
    set->nodes[node].pid = 0;
}

void mongod_freeze(struct mongods *set, int node)
{
    kill(set->nodes[node].pid, SIGSTOP);
}

void mongod_thaw(struct mongods *set, int node)
{
    kill(set->nodes[node].pid, SIGCONT);
}

static int remove_one(const char *path, const struct stat *about, int type,
                      struct FTW *place)
{
    (void)about;
    (void)type;
    (void)place;
    return remove(path);
}

void mongods_stop(struct mongods *set)
{
    for (int i = 0; i < set->len; i++)
        mongod_kill(set, i);
    if (set->len > 0)
        nftw(set->folder, remove_one, 16, FTW_DEPTH | FTW_PHYS);
    set->len = 0;
}
