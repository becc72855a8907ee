/* redact_foreign.c - names of secrets in other alphabets. */
#include <string.h>

#include "log/redact_keys.h"

/* Words with letters beyond ASCII, as the bytes of UTF-8; cases are told apart. */
static const struct {
    const char *text;
    berth_key_kind kind;
} foreign[] = {
    /* Russian */
    {"\xd0\xbf\xd0\xb0\xd1\x80\xd0\xbe\xd0\xbb\xd1\x8c", BERTH_KEY_PASSWORD},
    {"\xd0\x9f\xd0\xb0\xd1\x80\xd0\xbe\xd0\xbb\xd1\x8c", BERTH_KEY_PASSWORD},
    {"\xd0\x9f\xd0\x90\xd0\xa0\xd0\x9e\xd0\x9b\xd0\xac", BERTH_KEY_PASSWORD},
    {"\xd1\x82\xd0\xbe\xd0\xba\xd0\xb5\xd0\xbd", BERTH_KEY_TOKEN},
    {"\xd0\xa2\xd0\xbe\xd0\xba\xd0\xb5\xd0\xbd", BERTH_KEY_TOKEN},
    {"\xd1\x81\xd0\xb5\xd0\xba\xd1\x80\xd0\xb5\xd1\x82", BERTH_KEY_SECRET},
    {"\xd0\xa1\xd0\xb5\xd0\xba\xd1\x80\xd0\xb5\xd1\x82", BERTH_KEY_SECRET},
    {"\xd0\xba\xd0\xbb\xd1\x8e\xd1\x87", BERTH_KEY_KEY},
    /* Chinese: password, watchword, key, token */
    {"\xe5\xaf\x86\xe7\xa0\x81", BERTH_KEY_PASSWORD},
    {"\xe5\xaf\x86\xe7\xa2\xbc", BERTH_KEY_PASSWORD},
    {"\xe5\x8f\xa3\xe4\xbb\xa4", BERTH_KEY_PASSWORD},
    {"\xe5\xaf\x86\xe9\x92\xa5", BERTH_KEY_KEY},
    {"\xe5\xaf\x86\xe9\x91\xb0", BERTH_KEY_KEY},
    {"\xe4\xbb\xa4\xe7\x89\x8c", BERTH_KEY_TOKEN},
    /* Japanese: password, PIN, token, secret */
    {"\xe3\x83\x91\xe3\x82\xb9\xe3\x83\xaf\xe3\x83\xbc\xe3\x83\x89", BERTH_KEY_PASSWORD},
    {"\xe6\x9a\x97\xe8\xa8\xbc\xe7\x95\xaa\xe5\x8f\xb7", BERTH_KEY_PASSWORD},
    {"\xe3\x83\x88\xe3\x83\xbc\xe3\x82\xaf\xe3\x83\xb3", BERTH_KEY_TOKEN},
    {"\xe7\xa7\x98\xe5\xaf\x86", BERTH_KEY_SECRET},
    /* Korean: password, token */
    {"\xeb\xb9\x84\xeb\xb0\x80\xeb\xb2\x88\xed\x98\xb8", BERTH_KEY_PASSWORD},
    {"\xed\x86\xa0\xed\x81\xb0", BERTH_KEY_TOKEN},
    /* Greek, Hebrew, Thai; the second words of Arabic and Vietnamese */
    {"\xce\xba\xcf\x89\xce\xb4\xce\xb9\xce\xba\xcf\x8c\xcf\x82", BERTH_KEY_PASSWORD},
    {"\xce\x9a\xcf\x89\xce\xb4\xce\xb9\xce\xba\xcf\x8c\xcf\x82", BERTH_KEY_PASSWORD},
    {"\xd7\xa1\xd7\x99\xd7\xa1\xd7\x9e\xd7\x94", BERTH_KEY_PASSWORD},
    {"\xe0\xb8\xa3\xe0\xb8\xab\xe0\xb8\xb1\xe0\xb8\xaa\xe0\xb8\x9c\xe0\xb9\x88\xe0\xb8\xb2"
     "\xe0\xb8\x99",
     BERTH_KEY_PASSWORD},
    {"\xd8\xa7\xd9\x84\xd9\x85\xd8\xb1\xd9\x88\xd8\xb1", BERTH_KEY_PASSWORD},
    {"\xd8\xa7\xd9\x84\xd8\xb3\xd8\xb1", BERTH_KEY_PASSWORD},
    {"kh\xe1\xba\xa9u", BERTH_KEY_PASSWORD},
    /* Hindi, Korean, Serbian, Bulgarian, Ukrainian, Persian */
    {"\xe0\xa4\xaa\xe0\xa4\xbe\xe0\xa4\xb8\xe0\xa4\xb5\xe0\xa4\xb0\xe0\xa5\x8d\xe0\xa4"
     "\xa1",
     BERTH_KEY_PASSWORD},
    {"\xec\x95\x94\xed\x98\xb8", BERTH_KEY_PASSWORD},
    {"\xd0\xbb\xd0\xbe\xd0\xb7\xd0\xb8\xd0\xbd\xd0\xba\xd0\xb0", BERTH_KEY_PASSWORD},
    {"\xd0\x9b\xd0\xbe\xd0\xb7\xd0\xb8\xd0\xbd\xd0\xba\xd0\xb0", BERTH_KEY_PASSWORD},
    {"\xd0\xbf\xd0\xb0\xd1\x80\xd0\xbe\xd0\xbb\xd0\xb0", BERTH_KEY_PASSWORD},
    {"\xd0\x9f\xd0\xb0\xd1\x80\xd0\xbe\xd0\xbb\xd0\xb0", BERTH_KEY_PASSWORD},
    {"\xd0\xb3\xd0\xb0\xd1\x81\xd0\xbb\xd0\xbe", BERTH_KEY_PASSWORD},
    {"\xd7\xa1\xd7\x99\xd7\xa1\xd7\x9e\xd7\x90", BERTH_KEY_PASSWORD},
    {"\xda\xaf\xd8\xb0\xd8\xb1\xd9\x88\xd8\xa7\xda\x98\xd9\x87", BERTH_KEY_PASSWORD},
    {"\xd8\xb1\xd9\x85\xd8\xb2\x20\xd8\xb9\xd8\xa8\xd9\x88\xd8\xb1", BERTH_KEY_PASSWORD},
    {"\xe6\x9a\x97\xe5\x8f\xb7", BERTH_KEY_PASSWORD},
    {"\xe5\xaf\x86\xe8\xaf\xad", BERTH_KEY_PASSWORD},
    {"\xe0\xa4\x95\xe0\xa5\x81\xe0\xa4\x82\xe0\xa4\x9c\xe0\xa5\x80", BERTH_KEY_KEY},
    {"cl\xc3\xa9", BERTH_KEY_KEY},
    {"Cl\xc3\xa9", BERTH_KEY_KEY},
    /* Spanish, Polish, Swedish, Turkish, Hungarian, Romanian */
    {"contrasena", BERTH_KEY_PASSWORD},
    {"contrase\xc3\xb1" "a", BERTH_KEY_PASSWORD},
    {"Contrase\xc3\xb1" "a", BERTH_KEY_PASSWORD},
    {"has\xc5\x82o", BERTH_KEY_PASSWORD},
    {"Has\xc5\x82o", BERTH_KEY_PASSWORD},
    {"l\xc3\xb6senord", BERTH_KEY_PASSWORD},
    {"L\xc3\xb6senord", BERTH_KEY_PASSWORD},
    {"\xc5\x9fifre", BERTH_KEY_PASSWORD},
    {"\xc5\x9eifre", BERTH_KEY_PASSWORD},
    {"jelsz\xc3\xb3", BERTH_KEY_PASSWORD},
    {"Jelsz\xc3\xb3", BERTH_KEY_PASSWORD},
    {"parol\xc4\x83", BERTH_KEY_PASSWORD},
    {"Parol\xc4\x83", BERTH_KEY_PASSWORD},
};

#define NFOREIGN (sizeof foreign / sizeof *foreign)

const char *berth_key_foreign(size_t i) {
    return i < NFOREIGN ? foreign[i].text : NULL;
}

berth_key_class berth_key_classify_foreign(const char *text, size_t len) {
    for (size_t i = 0; i < NFOREIGN; i++) {
        size_t n = strlen(foreign[i].text);
        if (len < n || memcmp(text, foreign[i].text, n) != 0) continue;
        bool strong = foreign[i].kind == BERTH_KEY_PASSWORD;
        return (berth_key_class){.kind = foreign[i].kind,
                                 .weight = strong ? BERTH_KEY_STRONG : BERTH_KEY_MEDIUM};
    }
    return (berth_key_class){.kind = BERTH_KEY_NONE};
}
