/* What a handler works with, and the ways to answer. */
#ifndef STEADY_API_EXCHANGE_H
#define STEADY_API_EXCHANGE_H

#include "api/app.h"
#include "base/json_in.h"
#include "base/json_out.h"
#include "http/url.h"

struct exchange {
    const struct app *app;
    struct arena *arena;
    const struct request *request;
    struct response *response;
    struct call call;
    struct str params[PATH_PARAMS_MAX]; /* of the path, still encoded */
    struct url_query query;
    const struct json *body; /* of routes with ROUTE_BODY */
    int64_t if_match;        /* the version asked for; 0: any */
    bool actor_gone;         /* the answer is kept for nobody: see kept.h */
    struct str base_url;     /* "https://host" */
    struct str extra;        /* members for a problem, see http/problem.h */
};

/* Answers by itself, or returns an error that app_handle turns into one. */
typedef enum err handler(struct exchange *x, struct error *error);

enum route_flag {
    ROUTE_PUBLIC = 1 << 0,    /* without a session */
    ROUTE_BODY = 1 << 1,      /* takes JSON */
    ROUTE_READS = 1 << 2,     /* a POST that changes nothing */
    ROUTE_NO_TOKEN = 1 << 3,  /* sessions only, no API token */
    ROUTE_NO_STORE = 1 << 4,  /* needs no database */
    ROUTE_ACCOUNTS = 1 << 5   /* only where people sign in */
};

struct route {
    enum method method;
    const char *path;
    handler *handle;
    unsigned flags;
    const char *const *query; /* names allowed in the query, or NULL */
};

extern const struct route routes[];
extern const size_t routes_len;

/* The first path parameter as an id; ERR_NOT_FOUND for what is none. */
enum err exchange_id(const struct exchange *x, struct id *id,
                     struct error *error) MUST_CHECK;
/* For the access log: whose request it is, without telling who. */
struct str exchange_user_hash(const struct exchange *x);
/* `limit` of the query, PAGE_LIMIT_DEFAULT without. */
enum err exchange_limit(const struct exchange *x, size_t *limit,
                        struct error *error) MUST_CHECK;
/* A parameter of the query breaks a rule: 400 that names it. */
enum err query_error(struct error *error, const char *name, const char *code,
                     const char *detail);

/* 200 or 201 with JSON; write the body with *out. */
void reply_json(struct exchange *x, int status, struct json_out *out);
enum err reply_empty(struct exchange *x); /* 204 */
void reply_etag(struct exchange *x, int64_t version);
/* Link: <...>; rel="next" (RFC 8288): this request with another cursor. */
void reply_next(struct exchange *x, struct str cursor);

/* The one way tasks and lists look from outside. */
void encode_task(const struct exchange *x, const struct task *task,
                 struct json_out *out);
void encode_list(const struct list *list, struct json_out *out);
/* For a 412: the record as it is now, as the problem's member "current". */
void stale_task(struct exchange *x, const struct task *task);
void stale_list(struct exchange *x, const struct list *list);

#endif
