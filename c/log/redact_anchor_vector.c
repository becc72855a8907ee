/* redact_anchor_vector.c - the scan of redact_anchor_scan.c by vectors.  Sequences are looked up by
 * the halves of each byte, for 32 or 64 bytes at once.  Literals are by the hashes of their tails,
 * eight at once; or by buckets, 64 at once, where the processor has tables of 128 entries. */
#include "log/redact_anchor_private.h"

#if defined(__x86_64__) && defined(__GNUC__)
#include <immintrin.h>

#define SPAN ANCHOR_SPAN
#define BLOCK ANCHOR_BLOCK
#define GROUPS ANCHOR_GROUPS
#define WINDOW ANCHOR_WINDOW
#define PAIRS ANCHOR_PAIRS

typedef berth_anchor_ends block_fn(const berth_anchors *anchors, const unsigned char *s);

/* --- AVX2 -------------------------------------------------------------------------------- */

#define AVX2 __attribute__((target("avx2")))

typedef struct halves256 {
    __m256i low, high;
} halves256;

AVX2 static inline halves256 split256(const unsigned char *s) {
    __m256i x = _mm256_loadu_si256((const void *)s), low = _mm256_set1_epi8(15);
    return (halves256){_mm256_and_si256(x, low), _mm256_and_si256(_mm256_srli_epi16(x, 4), low)};
}

AVX2 static inline __m256i look256(const uint8_t table[16], __m256i x) {
    return _mm256_shuffle_epi8(_mm256_broadcastsi128_si256(_mm_load_si128((const void *)table)), x);
}

/* Those of 32 bytes at which a sequence might end. */
AVX2 static inline uint32_t sequences256(const anchor_halves places[SPAN], const unsigned char *s) {
    __m256i all = _mm256_set1_epi8(-1);
#pragma GCC unroll 8
    for (size_t p = 0; p < SPAN; p++) {
        halves256 x = split256(s + p + 1 - SPAN);
        all = _mm256_and_si256(all, look256(places[p].low, x.low));
        all = _mm256_and_si256(all, look256(places[p].high, x.high));
    }
    return ~(uint32_t)_mm256_movemask_epi8(_mm256_cmpeq_epi8(all, _mm256_setzero_si256()));
}

/* anchor_has() for the hashes of eight tails, in the lowest bits. */
AVX2 static inline __m256i has256(const anchor_index *index, __m256i tails) {
    __m256i factor = _mm256_set1_epi32((int)ANCHOR_HASH_FACTOR);
    __m256i hash = _mm256_srli_epi32(_mm256_mullo_epi32(tails, factor), 32 - ANCHOR_HASH_BITS);
    __m256i words = _mm256_i32gather_epi32((const int *)(const void *)index->ends,
                                           _mm256_srli_epi32(hash, 5), sizeof(int));
    return _mm256_srlv_epi32(words, _mm256_and_si256(hash, _mm256_set1_epi32(31)));
}

/* anchor_may_end() for eight bytes. */
AVX2 static inline uint32_t literals256(const berth_anchors *anchors, const unsigned char *s) {
    const __m256i each = _mm256_setr_epi8(0, 1, 2, 3, 1, 2, 3, 4, 2, 3, 4, 5, 3, 4, 5, 6, 4, 5, 6,
                                          7, 5, 6, 7, 8, 6, 7, 8, 9, 7, 8, 9, 10);
    __m128i bytes = _mm_loadu_si128((const void *)(s + 1 - ANCHOR_WINDOW));
    __m256i tails = _mm256_shuffle_epi8(_mm256_broadcastsi128_si256(bytes), each);
    tails = _mm256_or_si256(tails, _mm256_set1_epi32(0x20202020));
    __m256i has = _mm256_or_si256(has256(&anchors->whole, tails),
                                  has256(&anchors->tail, _mm256_srli_epi32(tails, 8)));
    return (uint32_t)_mm256_movemask_ps(_mm256_castsi256_ps(_mm256_slli_epi32(has, 31)));
}

AVX2 static berth_anchor_ends block_avx2(const berth_anchors *anchors, const unsigned char *s) {
    const anchor_halves *places = anchors->tables->sequence;
    uint64_t low = sequences256(places, s), high = sequences256(places, s + BLOCK / 2);
    berth_anchor_ends ends = {low | high << BLOCK / 2, 0};
    for (unsigned i = 0; i < BLOCK; i += 8)
        ends.literals |= (uint64_t)literals256(anchors, s + i) << i;
    return ends;
}

/* --- AVX-512 with byte permutations -------------------------------------------------------- */

#define AVX512 __attribute__((target("avx512bw,avx512vbmi")))

AVX512 static inline __m512i load512(const unsigned char *s) {
    return _mm512_loadu_si512((const void *)s);
}

AVX512 static inline __m512i look512(const uint8_t table[16], __m512i x) {
    return _mm512_shuffle_epi8(_mm512_broadcast_i32x4(_mm_load_si128((const void *)table)), x);
}

/* By halves, the bytes from s on against the first place. */
AVX512 static inline __m512i match512(const anchor_halves places[], const unsigned char *s,
                                      size_t count) {
    __m512i all = _mm512_set1_epi8(-1), mask = _mm512_set1_epi8(15);
#pragma GCC unroll 8
    for (size_t p = 0; p < count; p++) {
        __m512i x = load512(s + p);
        __m512i low = look512(places[p].low, _mm512_and_si512(x, mask));
        __m512i high = look512(places[p].high, _mm512_and_si512(_mm512_srli_epi16(x, 4), mask));
        all = _mm512_ternarylogic_epi64(all, low, high, 0x80); /* and */
    }
    return all;
}

/* anchor_pair_hash() of 64 pairs, but for the highest bit, which does not count. */
AVX512 static inline __m512i hash512(const unsigned char *s) {
    __m512i bit = _mm512_set1_epi8(0x20), no_carry = _mm512_set1_epi8((char)0xfc);
    __m512i a = _mm512_or_si512(load512(s - 1), bit), b = _mm512_or_si512(load512(s), bit);
    __m512i four = _mm512_and_si512(_mm512_slli_epi16(a, 2), no_carry);
    return _mm512_add_epi8(_mm512_add_epi8(a, four), b);
}

AVX512 static inline __m512i pairs512(const uint8_t pairs[PAIRS][ANCHOR_HASHES],
                                      const __m512i hash[PAIRS]) {
    __m512i all = _mm512_set1_epi8(-1);
#pragma GCC unroll 8
    for (size_t p = 0; p < PAIRS; p++) {
        const __m512i *table = (const void *)pairs[p];
        all = _mm512_and_si512(all, _mm512_permutex2var_epi8(_mm512_load_si512(table), hash[p],
                                                             _mm512_load_si512(table + 1)));
    }
    return all;
}

AVX512 static berth_anchor_ends block_avx512(const berth_anchors *anchors, const unsigned char *s) {
    const anchor_tables *tables = anchors->tables;
    __m512i hash[PAIRS];
#pragma GCC unroll 8
    for (size_t p = 0; p < PAIRS; p++) hash[p] = hash512(s - p);
    __m512i literals = match512(tables->wide, s + 1 - WINDOW, WINDOW);
#pragma GCC unroll 8
    for (size_t group = 0; group < GROUPS; group++)
        literals = _mm512_or_si512(literals, pairs512(tables->pair[group], hash));
    __m512i sequences = match512(tables->sequence, s + 1 - SPAN, SPAN);
    __m512i first = _mm512_sub_epi8(load512(s + 1 - SPAN), _mm512_set1_epi8('0'));
    __mmask64 digits = _mm512_cmplt_epu8_mask(first, _mm512_set1_epi8(10));
    __m512i never = _mm512_maskz_set1_epi8(digits, (char)tables->apart);
    sequences = _mm512_andnot_si512(never, sequences);
    return (berth_anchor_ends){_mm512_test_epi8_mask(sequences, sequences),
                               _mm512_test_epi8_mask(literals, literals)};
}

/* --- over a text --------------------------------------------------------------------------- */

/* Those of the places that were taken at which a window ends: their hashes are alike for few. */
static inline uint64_t refine(const berth_anchors *anchors, const unsigned char *s, size_t block,
                              uint64_t taken) {
    uint64_t ends = 0;
    for (; taken; taken &= taken - 1) {
        unsigned at = (unsigned)__builtin_ctzll(taken);
        uint32_t tail = anchor_tail(s, block + at + 1);
        if (!anchor_may_end(anchors, tail)) continue;
        bool ends_one = anchor_first(anchors, true, tail) || anchor_first(anchors, false, tail);
        ends |= (uint64_t)ends_one << at;
    }
    return ends;
}

/* What ends in a block too near to the beginning or the end of the text to be looked at where it
 * stands: in a copy with room for SPAN bytes before and after.  Apart from the loop, which should
 * have no array to guard. */
__attribute__((noinline)) static berth_anchor_ends look_at_edge(const berth_anchors *anchors,
                                                                const unsigned char *s, size_t len,
                                                                size_t block, block_fn *look) {
    unsigned char copy[SPAN + BLOCK + SPAN] = {0};
    size_t before = block < SPAN ? block : SPAN, n = len - block < BLOCK ? len - block : BLOCK;
    memcpy(copy + SPAN - before, s + block - before, before + n);
    uint64_t there = n < BLOCK ? (UINT64_C(1) << n) - 1 : ~UINT64_C(0);
    berth_anchor_ends found = look(anchors, copy + SPAN);
    return (berth_anchor_ends){found.sequences & there, found.literals & there};
}

static inline size_t scan_blocks(const berth_anchors *anchors, const unsigned char *s, size_t len,
                                 size_t from, block_fn *look, berth_anchor_ends *ends) {
    for (size_t block = from; block < len; block += BLOCK) {
        bool edge = block < SPAN || len - block < BLOCK + SPAN;
        berth_anchor_ends found =
            edge ? look_at_edge(anchors, s, len, block, look) : look(anchors, s + block);
        found.literals = refine(anchors, s, block, found.literals);
        if (found.sequences | found.literals) {
            *ends = found;
            return block;
        }
    }
    *ends = (berth_anchor_ends){0, 0};
    return len;
}

static size_t scan_avx2(const berth_anchors *anchors, const unsigned char *s, size_t len,
                        size_t from, berth_anchor_ends *ends) {
    return scan_blocks(anchors, s, len, from, block_avx2, ends);
}

static size_t scan_avx512(const berth_anchors *anchors, const unsigned char *s, size_t len,
                         size_t from, berth_anchor_ends *ends) {
    return scan_blocks(anchors, s, len, from, block_avx512, ends);
}

anchor_scan_fn *anchor_vectors(unsigned without) {
    bool permutes = __builtin_cpu_supports("avx512bw") && __builtin_cpu_supports("avx512vbmi");
    if (without < 1 && permutes) return scan_avx512;
    if (without < 2 && __builtin_cpu_supports("avx2")) return scan_avx2;
    return NULL;
}

#else

anchor_scan_fn *anchor_vectors(unsigned without) {
    (void)without;
    return NULL;
}

#endif
