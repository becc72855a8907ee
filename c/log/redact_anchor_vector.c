/* redact_anchor_vector.c - the scan of redact_anchor_scan.c by vectors: to what a byte may belong
 * is looked up by its halves for 32 or 64 bytes at once.  Written once, compiled for each kind. */
#include "log/redact_anchor_private.h"

#if defined(__x86_64__) && defined(__GNUC__)
#include <immintrin.h>

#define SPAN ANCHOR_SPAN
#define BLOCK ANCHOR_BLOCK

/* Those of the places that were taken at which a window really may end. */
static inline uint64_t refine(const berth_anchors *anchors, const unsigned char *s,
                              uint64_t taken) {
    uint64_t ends = 0;
    for (; taken; taken &= taken - 1) {
        const unsigned char *last = s + __builtin_ctzll(taken);
        if (anchor_may_end(anchors, anchor_tail(last - 3, ANCHOR_WINDOW)))
            ends |= taken & (0 - taken);
    }
    return ends;
}

/* A block too near to the beginning or the end of the text to be looked at where it stands: `copy`
 * has room for SPAN bytes before it.  Tells which of its bytes there are. */
static uint64_t copy_block(const unsigned char *s, size_t len, size_t block, unsigned char *copy) {
    size_t before = block < SPAN ? block : SPAN, n = len - block < BLOCK ? len - block : BLOCK;
    memset(copy, 0, SPAN + BLOCK);
    memcpy(copy + SPAN - before, s + block - before, before + n);
    return n < BLOCK ? (UINT64_C(1) << n) - 1 : ~UINT64_C(0);
}

#define TARGET "avx2"
#define NAMED(name) name##_avx2
#define VECTOR __m256i
#define LOAD(p) _mm256_loadu_si256((const void *)(p))
#define TABLE(p) _mm256_broadcastsi128_si256(_mm_loadu_si128((const void *)(p)))
#define BYTES(b) _mm256_set1_epi8(b)
#define AND(a, b) _mm256_and_si256(a, b)
#define OR(a, b) _mm256_or_si256(a, b)
#define UPPER(x) _mm256_srli_epi16(x, 4)
#define LOOK(table, x) _mm256_shuffle_epi8(table, x)
#define TAKEN(x)                                                                                   \
    (uint64_t)(uint32_t) ~_mm256_movemask_epi8(_mm256_cmpeq_epi8(x, _mm256_setzero_si256()))
#include "log/redact_anchor_vector.h"

#define TARGET "avx512bw"
#define NAMED(name) name##_avx512
#define VECTOR __m512i
#define LOAD(p) _mm512_loadu_si512((const void *)(p))
#define TABLE(p) _mm512_broadcast_i32x4(_mm_loadu_si128((const void *)(p)))
#define BYTES(b) _mm512_set1_epi8(b)
#define AND(a, b) _mm512_and_si512(a, b)
#define OR(a, b) _mm512_or_si512(a, b)
#define UPPER(x) _mm512_srli_epi16(x, 4)
#define LOOK(table, x) _mm512_shuffle_epi8(table, x)
#define TAKEN(x) _mm512_test_epi8_mask(x, x)
#include "log/redact_anchor_vector.h"

anchor_scan_fn *anchor_vectors(void) {
    if (__builtin_cpu_supports("avx512bw")) return scan_avx512;
    if (__builtin_cpu_supports("avx2")) return scan_avx2;
    return NULL;
}

#else

anchor_scan_fn *anchor_vectors(void) {
    return NULL;
}

#endif
