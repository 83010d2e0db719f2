#include "contract_mongo.h"
int run_failover(void) { return 0; }
