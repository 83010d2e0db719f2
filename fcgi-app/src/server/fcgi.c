#include "server/fcgi.h"

#include <fcgiapp.h>
#include <signal.h>
#include <unistd.h>

#include "base/log.h"
#include "base/num.h"
#include "base/time.h"

static volatile sig_atomic_t stopping;

static void on_stop(int number)
{
    (void)number;
    stopping = 1;
    FCGX_ShutdownPending();
}

/* Only what is safe in a signal handler: one write, then the end. */
static void on_watchdog(int number)
{
    static const char line[] =
        "{\"level\":\"error\",\"event\":\"watchdog\",\"detail\":"
        "\"a request took longer than the watchdog allows\"}\n";
    ssize_t written = write(STDERR_FILENO, line, sizeof(line) - 1);

    (void)number;
    _exit(written < 0 ? 4 : 3);
}

/* Without SA_RESTART, so that accept ends when a signal comes. */
static void install(int number, void (*handler)(int))
{
    struct sigaction action = { .sa_handler = handler };

    sigemptyset(&action.sa_mask);
    sigaction(number, &action, NULL);
}

static struct str param(const FCGX_Request *fcgi, const char *name,
                        size_t max)
{
    struct str value = str_from(FCGX_GetParam(name, fcgi->envp));

    /* Longer than anything meaningful counts as not sent. */
    return value.len == 0 || value.len > max ? STR_NONE : value;
}

/* nginx's $msec, as milliseconds. */
static int64_t handed_over(struct str text)
{
    struct str seconds = str_split(&text, '.');
    int64_t s = 0, ms = 0;

    return num_parse(seconds, 0, INT64_MAX / SECOND_MS - 1, &s) &&
                   num_parse(text, 0, 999, &ms)
               ? s * SECOND_MS + ms
               : 0;
}

static void read_head(const FCGX_Request *fcgi, struct request *request)
{
    struct str uri = param(fcgi, "REQUEST_URI",
                           HTTP_PATH_MAX + HTTP_QUERY_MAX);

    *request = (struct request){
        .method = method_parse(param(fcgi, "REQUEST_METHOD", 32)),
        .id = param(fcgi, "REQUEST_ID", 64),
        .scheme = param(fcgi, "REQUEST_SCHEME", 8),
        .host = param(fcgi, "HTTP_HOST", 256),
        .remote_addr = param(fcgi, "REMOTE_ADDR", 64),
        .content_type = param(fcgi, "CONTENT_TYPE", 256),
        .if_match = param(fcgi, "HTTP_IF_MATCH", HTTP_HEADER_MAX),
        .if_none_match = param(fcgi, "HTTP_IF_NONE_MATCH", HTTP_HEADER_MAX),
        .idempotency_key = param(fcgi, "HTTP_IDEMPOTENCY_KEY",
                                 HTTP_HEADER_MAX),
        .cookie = param(fcgi, "HTTP_COOKIE", 4 * HTTP_HEADER_MAX),
        .authorization = param(fcgi, "HTTP_AUTHORIZATION", HTTP_HEADER_MAX),
        .origin = param(fcgi, "HTTP_ORIGIN", HTTP_HEADER_MAX),
        .sec_fetch_site = param(fcgi, "HTTP_SEC_FETCH_SITE", 64),
        .user_agent = param(fcgi, "HTTP_USER_AGENT", HTTP_HEADER_MAX),
        .handed_over = handed_over(param(fcgi, "HANDED_OVER", 32)),
    };
    request->path = str_split(&uri, '?');
    request->query = uri;
}

/*
 * Reads what is left of the request, at least the eight bytes that mark its
 * end. nginx cuts the end off an answer whose socket was closed with something
 * unread.
 */
static void read_to_end(const FCGX_Request *fcgi)
{
    char unwanted[1024];

    while (FCGX_GetStr(unwanted, sizeof(unwanted), fcgi->in) > 0)
        ;
}

/*
 * libfcgi hands over requests whose body was cut or whose client has gone:
 * only a body of exactly the announced length may be acted on.
 */
static enum err read_body(const FCGX_Request *fcgi, struct arena *arena,
                          struct request *request, struct error *error)
{
    struct str announced = param(fcgi, "CONTENT_LENGTH", 32);
    int64_t length = 0;
    char *bytes;

    if (!str_is_none(announced) &&
        !num_parse(announced, 0, INT64_MAX, &length))
        return error_set(error, ERR_SYNTAX, "Content-Length is no number.");
    if (length > HTTP_BODY_MAX)
        return error_set(error, ERR_TOO_LARGE,
                         "The body is larger than %d bytes.", HTTP_BODY_MAX);
    bytes = arena_alloc(arena, (size_t)length + 1);
    request->body = (struct str){ bytes, (size_t)length };
    if (FCGX_GetStr(bytes, (int)length, fcgi->in) != (int)length ||
        FCGX_GetError(fcgi->in) != 0)
        return error_set(error, ERR_SYNTAX,
                         "The body ended before its Content-Length.");
    return ERR_NONE;
}

static void put(FCGX_Stream *out, struct str text)
{
    FCGX_PutStr(text.ptr, (int)text.len, out);
}

static void send(const FCGX_Request *fcgi, const struct response *response)
{
    struct str body = buf_str(&response->body);

    FCGX_FPrintF(fcgi->out, "Status: %d %s\r\n", response->status,
                 status_reason(response->status));
    for (size_t i = 0; i < response->n_headers; i++) {
        put(fcgi->out, str_from(response->headers[i].name));
        put(fcgi->out, STR(": "));
        put(fcgi->out, response->headers[i].value);
        put(fcgi->out, STR("\r\n"));
    }
    if (response->status != 204 && response->status != 304)
        FCGX_FPrintF(fcgi->out, "Content-Length: %d\r\n", (int)body.len);
    put(fcgi->out, STR("\r\n"));
    if (!response->head_only)
        put(fcgi->out, body);
}

static void serve_one(FCGX_Request *fcgi, fcgi_handler *handle, void *context,
                      struct arena *arena, struct response *response)
{
    struct request request;
    struct error error = { 0 };

    read_head(fcgi, &request);
    log_set_request(request.id);
    request.refused = read_body(fcgi, arena, &request, &error) != ERR_NONE
                          ? &error
                          : NULL;
    read_to_end(fcgi);
    handle(context, arena, &request, response);
    send(fcgi, response);
    log_set_request(STR_NONE);
}

enum err fcgi_serve(fcgi_handler *handle, fcgi_idle *idle, void *context,
                    struct error *error)
{
    FCGX_Request fcgi;
    struct response response;
    struct arena arena;

    if (FCGX_Init() != 0 || FCGX_IsCGI() ||
        FCGX_InitRequest(&fcgi, STDIN_FILENO, 0) != 0)
        return error_set(error, ERR_INTERNAL,
                         "Descriptor 0 is not a listening socket: a worker "
                         "is started by supervisord (see `make run`).");
    install(SIGTERM, on_stop);
    install(SIGINT, on_stop);
    install(SIGALRM, on_watchdog);
    arena_init(&arena);
    response_init(&response);
    while (!stopping && FCGX_Accept_r(&fcgi) == 0) {
        alarm(WATCHDOG_SECONDS);
        serve_one(&fcgi, handle, context, &arena, &response);
        /*
         * "Detached" only means: close without waiting until nginx has closed,
         * which would keep this worker from its next request for a whole turn
         * of nginx's event loop. A Unix socket delivers what was written.
         */
        FCGX_Detach(&fcgi);
        FCGX_Finish_r(&fcgi);
        alarm(0);
        response_reset(&response);
        arena_reset(&arena);
        idle(context);
    }
    response_release(&response);
    arena_release(&arena);
    return ERR_NONE;
}

void fcgi_keep(void)
{
    sigset_t none, stops;

    sigemptyset(&none);
    sigemptyset(&stops);
    sigaddset(&stops, SIGTERM);
    sigaddset(&stops, SIGINT);
    sigprocmask(SIG_BLOCK, &stops, NULL);
    install(SIGTERM, on_stop);
    install(SIGINT, on_stop);
    while (!stopping)
        sigsuspend(&none);
}
