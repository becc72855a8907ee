/* lua_simulation.c - see lua_simulation.h. */
#include "lua/lua_simulation.h"

berth_rc luax_simulation_begin(luax_call *call, luax_simulation *s) {
    unsigned char random[16];
    berth_rc rc = luax_random(random, sizeof random, &call->err);
    if (rc != BERTH_OK) return rc;
    berth_uuid_from_random(random, s->consumer);
    s->txn = luax_call_txn(call);
    if (s->txn == NULL) {
        berth_txn_init(&s->own, berth_store_state(call->scope.owner->store));
        s->txn = &s->own;
    }
    s->mark = s->txn->count;
    return BERTH_OK;
}

void luax_simulation_end(luax_simulation *s) {
    berth_txn_undo(s->txn, s->mark);
    if (s->txn == &s->own) berth_txn_free(&s->own);
}
