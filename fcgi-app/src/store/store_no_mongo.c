/*
 * In place of store_mongo.c, in a program that must be small: the libraries
 * of MongoDB's driver cost each process a megabyte.
 */
#include "store/store.h"

bool store_has_mongo(void)
{
    return false;
}

enum err store_mongo_open(const char *uri, struct store **out,
                          struct error *error)
{
    (void)uri;
    *out = NULL;
    return error_set(error, ERR_INTERNAL,
                     "This program is linked without the MongoDB store.");
}
