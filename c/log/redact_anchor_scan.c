/* redact_anchor_scan.c - where in a text something might end that the prefilter looks for, byte by
 * byte. */
#include "log/redact_anchor_private.h"

#define SPAN ANCHOR_SPAN
#define BLOCK ANCHOR_BLOCK

size_t anchor_scan_bytes(const berth_anchors *anchors, const unsigned char *s, size_t len,
                         size_t from, berth_anchor_ends *ends) {
    /* Shifting by a place and or-ing what the next byte does not fit leaves in the highest place a
     * clear bit for each sequence that takes all of the last eight. */
    uint64_t fits = 0;
    for (size_t i = from > SPAN ? from - SPAN : 0; i < from; i++)
        fits = fits << 8 | anchors->column[s[i]];
    uint32_t tail = from > 0 ? anchor_tail(s, from) : 0;
    for (size_t block = from; block < len; block += BLOCK) {
        size_t n = len - block < BLOCK ? len - block : BLOCK;
        berth_anchor_ends found = {0, 0};
        for (size_t i = 0; i < n; i++) {
            unsigned char c = s[block + i];
            fits = fits << 8 | anchors->column[c];
            found.sequences |= (uint64_t)(fits >> 56 != 0xff) << i;
            tail = tail >> 8 | ((uint32_t)c | 0x20) << 24;
            found.literals |= (uint64_t)anchor_may_end(anchors, tail | UINT32_C(0x202020)) << i;
        }
        if (found.sequences | found.literals) {
            *ends = found;
            return block;
        }
    }
    *ends = (berth_anchor_ends){0, 0};
    return len;
}
