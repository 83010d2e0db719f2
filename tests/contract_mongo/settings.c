#include "contract_mongo.h"
int run_settings(struct mongods *set) { (void)set; return 0; }
