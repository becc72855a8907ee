/* redact_repeat.c - what a long text repeats: anchors with the same bytes around them as earlier
 * ones, of which the same comes.
 *
 * A text that is made to take long repeats itself.  Where the bytes around an anchor are those
 * around an earlier one of its kind, the same comes of it: nothing, or one mark at the same place
 * within these bytes, whose value is remembered already.  Such an anchor is found by a hash of the
 * bytes; the one after it mostly by what followed the earlier one, so that only the bytes between
 * the two are compared. */
#include <string.h>

#include "log/redact_private.h"

#define BEFORE REDACT_REPEAT_BEFORE
#define AFTER REDACT_REPEAT_AFTER

static bool may_repeat(const redact_scan *scan, const berth_anchor *anchor) {
    switch ((berth_anchor_kind)anchor->kind) {
    case BERTH_ANCHOR_NAME:
    case BERTH_ANCHOR_SQL:
    case BERTH_ANCHOR_SCHEME:
    case BERTH_ANCHOR_URL:
    case BERTH_ANCHOR_FIELD:
        return anchor->at > BEFORE && scan->len - anchor->at > AFTER;
    default: /* cheap, or told by more than the bytes around */
        return false;
    }
}

static bool is_alike(const redact_repeat *slot, const berth_anchor *anchor) {
    return slot->at && slot->kind == anchor->kind && slot->arg == anchor->arg;
}

static bool is_same(const redact_scan *scan, const berth_anchor *anchor,
                    const redact_repeat *slot) {
    return is_alike(slot, anchor) &&
           memcmp(scan->s + slot->at - BEFORE, scan->s + anchor->at - BEFORE,
                  BEFORE + AFTER) == 0;
}

/* The slot of an earlier anchor that is the same, or one for this: of two that it may have, lest
 * two anchors drive each other out all along a text, the one that was filled first. */
static redact_repeat *slot_of(const redact_scan *scan, const berth_anchor *anchor,
                              redact_repeats *repeats, bool *found) {
    const char *s = scan->s + anchor->at - BEFORE;
    uint64_t hash = anchor->kind, factor = UINT64_C(0x9e3779b97f4a7c15), word;
    for (size_t i = 0; i < BEFORE + AFTER; i += sizeof word) {
        memcpy(&word, s + i, sizeof word);
        hash += word * factor;
        factor += UINT64_C(0xd1b54a32d192ed02); /* stays odd */
    }
    size_t at = (hash ^ hash >> 32) % REDACT_REPEATS;
    redact_repeat *slot = &repeats->slot[at], *other = &repeats->slot[at ^ 1];
    if (is_same(scan, anchor, other)) slot = other;
    *found = is_same(scan, anchor, slot);
    return !*found && other->at < slot->at ? other : slot;
}

/* What followed the last one, if the same bytes lie between. */
static redact_repeat *follower(const redact_scan *scan, const berth_anchor *anchor,
                               redact_repeats *repeats) {
    if (!repeats->last || !repeats->last->next) return NULL;
    redact_repeat *slot = &repeats->slot[repeats->last->next - 1];
    size_t step = anchor->at - repeats->at;
    if (!is_alike(slot, anchor) || anchor->at < repeats->at || step > BEFORE + AFTER ||
        slot->at != repeats->as + step)
        return NULL;
    const char *then = scan->s + repeats->as + AFTER, *now = scan->s + repeats->at + AFTER;
    return memcmp(then, now, step) == 0 ? slot : NULL;
}

/* The next anchor follows this one, whose bytes are those around slot->at. */
static void lead_on(redact_repeats *repeats, const berth_anchor *anchor, redact_repeat *slot) {
    if (repeats->last) repeats->last->next = (uint16_t)(slot - repeats->slot + 1);
    repeats->last = slot;
    repeats->at = anchor->at;
    repeats->as = slot->at;
}

redact_repeat *redact_repeated(const redact_scan *scan, const berth_anchor *anchor,
                               redact_repeats *repeats, bool *found) {
    *found = false;
    if (!may_repeat(scan, anchor)) return NULL;
    redact_repeat *slot = follower(scan, anchor, repeats);
    *found = slot != NULL;
    if (!slot) slot = slot_of(scan, anchor, repeats, found);
    if (*found) lead_on(repeats, anchor, slot);
    return slot;
}

void redact_repeat_note(const redact_scan *scan, const berth_anchor *anchor, size_t marks,
                        size_t end, redact_repeats *repeats, redact_repeat *slot) {
    size_t at = anchor->at, low = at - BEFORE, high = at + AFTER;
    const redact_span *span = &scan->last;
    bool far = (end && (end <= at || end > high)) || scan->name_end > high;
    if (far || marks > 1 || (marks == 1 && (span->start < low || span->end > high))) {
        repeats->last = NULL;
        return;
    }
    *slot = (redact_repeat){.at = (uint32_t)at, .kind = anchor->kind, .arg = anchor->arg,
                            .past = end ? (uint16_t)(end - at) : 0,
                            .name = scan->name_end > at ? (uint16_t)(scan->name_end - at) : 0,
                            .marked = marks == 1};
    lead_on(repeats, anchor, slot);
    if (marks == 0) return;
    slot->mark = *span;
    slot->mark.start = (uint32_t)(span->start - low);
    slot->mark.end = (uint32_t)(span->end - low);
}
