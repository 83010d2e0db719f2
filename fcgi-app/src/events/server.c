#include "events/server.h"

#include <errno.h>
#include <event2/buffer.h>
#include <event2/bufferevent.h>
#include <event2/event.h>
#include <event2/http.h>
#include <inttypes.h>
#include <signal.h>
#include <sodium.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include "base/arena.h"
#include "base/log.h"
#include "base/num.h"
#include "events/hub.h"

enum {
    BACKLOG = 511,
    LOOK_MS = 500,       /* for the file that means draining */
    FLUSH_MS = 200,      /* for the last bytes before the end */
    IDLE_S = 3600,       /* of a connection; above the life of a stream */
    RETRY_MIN_MS = 1000, /* so that not all come back at once */
    RETRY_SPREAD_MS = 4000,
    USER_HASH_MAX = 16
};

struct server {
    struct event_base *base;
    struct evhttp *http;
    struct hub hub;
    struct watch *watch;
    const char *draining;
    bool is_draining, is_watching;
    struct event *grace, *look, *notices, *term, *interrupt;
};

struct client {
    struct stream stream; /* first: a stream is its client */
    struct server *server;
    struct evhttp_request *request;
    struct event *timer; /* the next heartbeat or wake-up, or the end */
    bool woken;
    int64_t sent_at, ends_at; /* monotonic, ms */
};

static int64_t now_ms(void)
{
    return time_monotonic() / 1000;
}

static void set_timer(struct event *timer, int64_t ms)
{
    const struct timeval wait = { .tv_sec = ms / SECOND_MS,
                                  .tv_usec = ms % SECOND_MS * 1000 };

    event_add(timer, &wait);
}

/* ---- One stream ---------------------------------------------------------- */

static void client_end(struct client *client)
{
    struct evhttp_connection *connection =
        evhttp_request_get_connection(client->request);

    if (connection != NULL)
        evhttp_connection_set_closecb(connection, NULL, NULL);
    hub_remove(&client->server->hub, &client->stream);
    event_free(client->timer);
    /* It also frees a request that has lost its connection. */
    evhttp_send_reply_end(client->request);
    free(client);
}

static void end_stream(struct stream *stream)
{
    client_end((struct client *)stream);
}

static void on_close(struct evhttp_connection *connection, void *context)
{
    (void)connection;
    client_end(context);
}

static bool reads(const struct client *client)
{
    struct evhttp_connection *connection =
        evhttp_request_get_connection(client->request);

    return evbuffer_get_length(bufferevent_get_output(
               evhttp_connection_get_bufferevent(connection))) <
           EVENTS_UNREAD_MAX;
}

/* What has changed is for the page to ask: no event says more than that. */
static void put_event(const struct client *client, struct evbuffer *out)
{
    evbuffer_add_printf(out, "id: %" PRIu64 "\nevent: changes\ndata: new\n\n",
                        client->server->hub.newest);
}

static void send_out(struct client *client, struct evbuffer *out)
{
    client->woken = false;
    client->sent_at = now_ms();
    evhttp_send_reply_chunk(client->request, out);
    evbuffer_free(out);
    set_timer(client->timer, EVENTS_HEARTBEAT_MS);
}

static void on_timer(evutil_socket_t fd, short what, void *context)
{
    struct client *client = context;
    struct evbuffer *out;

    (void)fd;
    (void)what;
    if (now_ms() >= client->ends_at || !reads(client)) {
        client_end(client);
        return;
    }
    out = evbuffer_new();
    if (client->woken)
        put_event(client, out);
    else
        evbuffer_add_printf(out, ":\n\n");
    send_out(client, out);
}

static void wake(struct stream *stream)
{
    struct client *client = (struct client *)stream;
    int64_t wait = client->sent_at + EVENTS_GAP_MS - now_ms();

    if (client->woken)
        return;
    client->woken = true;
    set_timer(client->timer, wait > 0 ? wait : 0);
}

/* ---- Requests ------------------------------------------------------------ */

/* Does the path name a user? The hash is for nginx's log. */
static bool parse_path(struct evhttp_request *request, struct id *user,
                       struct str *hash)
{
    struct str path = str_from(evhttp_request_get_uri(request));
    const struct str prefix = STR("/.events/");

    if (!str_starts(path, prefix))
        return false;
    path.ptr += prefix.len;
    path.len -= prefix.len;
    if (!id_parse(str_split(&path, '/'), user))
        return false;
    *hash = path;
    return path.len <= USER_HASH_MAX;
}

static uint64_t last_event(struct evhttp_request *request)
{
    struct str text = str_from(evhttp_find_header(
        evhttp_request_get_input_headers(request), "Last-Event-ID"));
    int64_t position = 0;

    if (!str_is_none(text) && num_parse(text, 0, INT64_MAX, &position))
        return (uint64_t)position;
    return 0;
}

/* 429 or 503; nginx has the words. */
static void refuse(struct evhttp_request *request, enum err why)
{
    bool limit = why == ERR_LIMIT;

    evhttp_add_header(evhttp_request_get_output_headers(request),
                      "Retry-After", limit ? "60" : "5");
    evhttp_send_reply(request, limit ? 429 : 503, NULL, NULL);
}

static void begin(struct client *client, uint64_t last)
{
    struct server *server = client->server;
    struct evbuffer *out = evbuffer_new();

    evhttp_send_reply_start(client->request, 200, "OK");
    evbuffer_add_printf(out, "retry: %u\n\n",
                        RETRY_MIN_MS + randombytes_uniform(RETRY_SPREAD_MS));
    if (hub_has_news(&server->hub, client->stream.user, last))
        put_event(client, out);
    send_out(client, out);
}

static void on_request(struct evhttp_request *request, void *context)
{
    struct server *server = context;
    struct client *client;
    struct evkeyvalq *headers = evhttp_request_get_output_headers(request);
    struct str hash;
    struct id user;
    enum err err = ERR_UNAVAILABLE;

    if (!parse_path(request, &user, &hash)) {
        evhttp_send_reply(request, 404, NULL, NULL);
        return;
    }
    evhttp_add_header(headers, "X-Steady-User", hash.ptr);
    client = mem_alloc(sizeof(*client));
    *client = (struct client){
        .stream.user = user, .server = server, .request = request,
        .ends_at = now_ms() + EVENTS_LIFE_MS +
                   randombytes_uniform(EVENTS_LIFE_MS / 5),
    };
    if (server->is_watching && !server->is_draining)
        err = hub_add(&server->hub, &client->stream);
    if (err != ERR_NONE) {
        free(client);
        refuse(request, err);
        return;
    }
    evhttp_add_header(headers, "Content-Type", "text/event-stream");
    client->timer = evtimer_new(server->base, on_timer, client);
    evhttp_connection_set_closecb(evhttp_request_get_connection(request),
                                  on_close, client);
    begin(client, last_event(request));
}

/* ---- What is told -------------------------------------------------------- */

static void on_grace_over(evutil_socket_t fd, short what, void *context)
{
    struct server *server = context;

    (void)fd;
    (void)what;
    /* Pages ask by themselves, then. */
    server->is_watching = false;
    hub_each(&server->hub, end_stream);
}

static void take(struct server *server, const struct notice *notice)
{
    switch (notice->kind) {
    case NOTICE_BEGINS:
        server->is_watching = true;
        event_del(server->grace);
        hub_begins(&server->hub, notice->position, wake);
        break;
    case NOTICE_CHANGED:
        hub_changed(&server->hub, notice->user, notice->position, wake);
        break;
    case NOTICE_LOST:
        if (!event_pending(server->grace, EV_TIMEOUT, NULL))
            set_timer(server->grace, EVENTS_GRACE_MS);
        break;
    }
}

static void on_notices(evutil_socket_t fd, short what, void *context)
{
    struct notice notices[64];
    ssize_t len = read(fd, notices, sizeof(notices));

    (void)what;
    for (ssize_t i = 0; i < len / (ssize_t)sizeof(*notices); i++)
        take(context, &notices[i]);
}

static void on_look(evutil_socket_t fd, short what, void *context)
{
    struct server *server = context;
    bool before = server->is_draining;

    (void)fd;
    (void)what;
    server->is_draining = access(server->draining, F_OK) == 0;
    if (server->is_draining && !before)
        hub_each(&server->hub, end_stream);
}

static void on_stop(evutil_socket_t fd, short what, void *context)
{
    struct server *server = context;
    const struct timeval flush = { .tv_usec = FLUSH_MS * 1000 };

    (void)fd;
    (void)what;
    server->is_watching = false;
    hub_each(&server->hub, end_stream);
    event_base_loopexit(server->base, &flush);
}

/* ---- Serving ------------------------------------------------------------- */

static enum err listen_on(const char *path, int *fd, struct error *error)
{
    struct sockaddr_un address = { .sun_family = AF_UNIX };

    *fd = -1;
    if (strlen(path) >= sizeof(address.sun_path))
        return error_set(error, ERR_INVALID, "%s is too long for a socket.",
                         path);
    memcpy(address.sun_path, path, strlen(path) + 1);
    *fd = socket(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    unlink(path);
    umask(0177);
    if (*fd >= 0 &&
        bind(*fd, (const struct sockaddr *)&address, sizeof(address)) == 0 &&
        listen(*fd, BACKLOG) == 0)
        return ERR_NONE;
    return error_set(error, ERR_UNAVAILABLE, "%s: %s.", path,
                     strerror(errno));
}

static void start(struct server *server, int fd)
{
    const struct timeval look = { .tv_usec = LOOK_MS * 1000 };

    evhttp_set_gencb(server->http, on_request, server);
    evhttp_set_allowed_methods(server->http, EVHTTP_REQ_GET);
    evhttp_set_timeout(server->http, IDLE_S);
    evhttp_accept_socket(server->http, fd);
    server->grace = evtimer_new(server->base, on_grace_over, server);
    server->look = event_new(server->base, -1, EV_PERSIST, on_look, server);
    event_add(server->look, &look);
    server->notices = event_new(server->base, server->watch->notices[0],
                                EV_READ | EV_PERSIST, on_notices, server);
    event_add(server->notices, NULL);
    server->term = evsignal_new(server->base, SIGTERM, on_stop, server);
    event_add(server->term, NULL);
    server->interrupt = evsignal_new(server->base, SIGINT, on_stop, server);
    event_add(server->interrupt, NULL);
    on_look(-1, 0, server);
}

enum err events_serve(const char *socket_path, const char *draining,
                      struct watch *watch, struct error *error)
{
    struct server *server = mem_alloc(sizeof(*server));
    int fd;
    enum err err = listen_on(socket_path, &fd, error);

    memset(server, 0, sizeof(*server));
    server->watch = watch;
    server->draining = draining;
    if (err == ERR_NONE) {
        signal(SIGPIPE, SIG_IGN);
        event_set_mem_functions(mem_alloc, realloc, free);
        server->base = event_base_new();
        server->http = evhttp_new(server->base);
        start(server, fd);
        event_base_dispatch(server->base);
        unlink(socket_path);
    }
    free(server);
    return err;
}
