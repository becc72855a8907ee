/* decision.c - see decision.h. */
#include "policy/decision.h"

#include <string.h>

const char *berth_decided_text(berth_decided decided) {
    static const char *const texts[] = {
#define X(name, text) text,
        BERTH_OUTCOMES(X)
#undef X
    };
    return texts[decided];
}

void berth_decisions_init(berth_decisions *decisions, berth_mem mem) {
    *decisions = (berth_decisions){.mem = mem};
}

void berth_decisions_free(berth_decisions *decisions) {
    for (size_t i = 0; decisions->ring && i < BERTH_DECISIONS_KEPT; i++)
        berth_arena_free(&decisions->ring[i].arena);
    berth_free(&decisions->mem, decisions->ring, BERTH_DECISIONS_KEPT * sizeof *decisions->ring);
    berth_decisions_init(decisions, decisions->mem);
}

berth_decision *berth_decisions_next(berth_decisions *decisions) {
    if (decisions->ring == NULL) {
        decisions->ring =
            berth_calloc(&decisions->mem, BERTH_DECISIONS_KEPT, sizeof *decisions->ring);
        if (decisions->ring == NULL) return NULL;
        for (size_t i = 0; i < BERTH_DECISIONS_KEPT; i++)
            berth_arena_init(&decisions->ring[i].arena, decisions->mem);
    }
    berth_decision *d = &decisions->ring[decisions->made % BERTH_DECISIONS_KEPT];
    berth_arena_reset(&d->arena);
    *d = (berth_decision){.arena = d->arena,
                          .id = ++decisions->made,
                          .verb = "",
                          .code = "",
                          .message = "",
                          .consumer = "",
                          .project = "",
                          .user = "",
                          .consumer_type = "",
                          .target = "",
                          .target_name = ""};
    return d;
}

void berth_decisions_done(berth_decisions *decisions, const berth_decision *decision) {
    if (decisions->listener) decisions->listener(decisions->ud, decision);
}

const berth_decision *berth_decisions_get(const berth_decisions *decisions, int64_t id) {
    if (id < 1 || id > decisions->made || id + BERTH_DECISIONS_KEPT <= decisions->made)
        return NULL;
    return &decisions->ring[(id - 1) % BERTH_DECISIONS_KEPT];
}

const char *berth_decision_text(berth_decision *decision, const char *text, size_t len) {
    const char *copy = berth_arena_text(&decision->arena, text, len);
    return copy ? copy : "";
}
