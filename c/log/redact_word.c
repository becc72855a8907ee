/* redact_word.c - words of sentences, and what they do between a name and its value. */
#include <string.h>

#include "log/redact_private.h"

#define WORD_BYTES 14

static const struct {
    char text[WORD_BYTES];
    uint16_t roles;
} words[] = {
    /* is x */
    {"is", WORD_COPULA},
    {"was", WORD_COPULA},
    {"become", WORD_COPULA},
    {"became", WORD_COPULA},
    {"try", WORD_COPULA},
    {"it's", WORD_COPULA},
    {"be", WORD_COPULA},
    {"=", WORD_COPULA},
    {"->", WORD_COPULA},
    {"=>", WORD_COPULA},
    {"\xe2\x86\x92", WORD_COPULA},
    {"\xe2\x80\x94", WORD_COPULA},
    {"bytes", WORD_COPULA},
    {"hex", WORD_COPULA}, /* how the value is written */
    {"base64", WORD_COPULA},
    {"b64", WORD_COPULA},
    {"lautet", WORD_COPULA},
    {"ist", WORD_COPULA},
    {"es", WORD_COPULA},
    {"est", WORD_COPULA},
    {"este", WORD_COPULA},
    {"e", WORD_COPULA},
    {"er", WORD_COPULA},
    {"ar", WORD_COPULA},
    {"jest", WORD_COPULA},
    {"\xc3\xa8", WORD_COPULA},
    {"\xc3\xa9", WORD_COPULA},
    {"\xc3\xa4r", WORD_COPULA},
    {"\xe3\x81\xaf", WORD_COPULA},
    /* is now x */
    {"now", WORD_ADVERB},
    {"currently", WORD_ADVERB},
    {"still", WORD_ADVERB},
    {"just", WORD_ADVERB},
    {"called", WORD_ADVERB},
    {"simply", WORD_ADVERB},
    {"generated", WORD_ADVERB},
    {"created", WORD_ADVERB},
    {"been", WORD_ADVERB},
    {"assigned", WORD_ADVERB},
    {"set", WORD_ADVERB | WORD_CHANGE},
    {"reset", WORD_ADVERB | WORD_CHANGE},
    {"changed", WORD_ADVERB | WORD_CHANGE},
    {"updated", WORD_ADVERB | WORD_CHANGE},
    {"rotated", WORD_ADVERB | WORD_CHANGE},
    /* change to x */
    {"change", WORD_CHANGE},
    {"update", WORD_CHANGE},
    {"setting", WORD_CHANGE},
    {"went", WORD_CHANGE},
    {"resetting", WORD_CHANGE},
    {"changing", WORD_CHANGE},
    {"updating", WORD_CHANGE},
    {"to", WORD_TOWARDS},
    {"\xd0\xbd\xd0\xb0", WORD_TOWARDS}, /* of other languages */
    {"auf", WORD_TOWARDS},
    {"naar", WORD_TOWARDS},
    {"je", WORD_COPULA},
    {"from", WORD_TOWARDS},
    /* for ann is x */
    {"for", WORD_LEADS | WORD_WHOSE},
    {"of", WORD_LEADS | WORD_WHOSE},
    {"on", WORD_LEADS | WORD_WHOSE},
    {"at", WORD_LEADS | WORD_WHOSE},
    {"in", WORD_LEADS | WORD_WHOSE},
    {"by", WORD_WHOSE},
    {"used", WORD_LEADS},
    {"has", WORD_LEADS},
    {"got", WORD_LEADS},
    {"de", WORD_LEADS},
    {"di", WORD_LEADS},
    {"fur", WORD_LEADS},
    {"van", WORD_LEADS},
    {"von", WORD_LEADS},
    {"do", WORD_LEADS},
    {"du", WORD_LEADS},
    {"del", WORD_LEADS},
    {"f\xc3\xbcr", WORD_LEADS},
    {"lui", WORD_LEADS},
    {"pour", WORD_LEADS},
    {"para", WORD_LEADS},
    {"dla", WORD_LEADS},
    {"til", WORD_LEADS},
    {"\xd0\xb4\xd0\xbb\xd1\x8f", WORD_LEADS},
    {"\xd0\xbe\xd1\x82", WORD_LEADS},
    /* with password x, before the name */
    {"with", WORD_LEADS | WORD_INTRODUCES},
    {"new", WORD_LEADS | WORD_INTRODUCES},
    {"using", WORD_INTRODUCES},
    {"tried", WORD_INTRODUCES},
    {"wrong", WORD_INTRODUCES},
    {"bad", WORD_INTRODUCES},
    {"incorrect", WORD_INTRODUCES},
    {"old", WORD_INTRODUCES},
    {"typed", WORD_INTRODUCES},
    {"entered", WORD_INTRODUCES},
    {"temporary", WORD_INTRODUCES},
    {"default", WORD_INTRODUCES},
    {"encrypted", WORD_INTRODUCES},
    {"via", WORD_INTRODUCES},
    {"initial", WORD_INTRODUCES},
    {"supplied", WORD_INTRODUCES},
    {"gave", WORD_INTRODUCES},
    /* password policy: no value, whatever is said of it */
    {"policy", WORD_THING},
    {"policies", WORD_THING},
    {"manager", WORD_THING},
    {"management", WORD_THING},
    {"requirements", WORD_THING},
    {"strength", WORD_THING},
    {"length", WORD_THING},
    {"lifetime", WORD_THING},
    {"expiry", WORD_THING},
    {"bucket", WORD_THING},
    {"buckets", WORD_THING},
    {"budget", WORD_THING},
    {"limit", WORD_THING},
    {"limits", WORD_THING},
    {"count", WORD_THING},
    {"usage", WORD_THING},
    {"ring", WORD_THING},
    {"affinity", WORD_THING},
    /* role ann password x */
    {"role", WORD_OWNER},
    {"user", WORD_OWNER},
    {"login", WORD_OWNER},
};

#define COUNT (sizeof words / sizeof *words)

_Static_assert(2 * COUNT < REDACT_WORD_SLOTS, "few words share a slot, and each has a number");

static size_t slot_of(const char *s, size_t len) {
    unsigned first = (unsigned char)byte_lower(s[0]), last = (unsigned char)byte_lower(s[len - 1]);
    return (first * 7 + last * 31 + len * 61) % REDACT_WORD_SLOTS;
}

void redact_words_index(berth_redactor *r) {
    for (size_t i = 0; i < COUNT; i++) {
        size_t slot = slot_of(words[i].text, strlen(words[i].text));
        while (r->word[slot]) slot = (slot + 1) % REDACT_WORD_SLOTS;
        r->word[slot] = (uint8_t)(i + 1);
    }
}

unsigned redact_word_roles(const berth_redactor *r, const char *s, size_t len) {
    if (len == 0 || len >= WORD_BYTES) return 0;
    for (size_t slot = slot_of(s, len); r->word[slot]; slot = (slot + 1) % REDACT_WORD_SLOTS) {
        size_t i = r->word[slot] - 1u;
        if (bytes_are_word(s, len, words[i].text)) return words[i].roles;
    }
    return 0;
}
