/* source.c - see source.h. */
#include "policy/source.h"

#include <string.h>

#define JUMPS_MAX 4096

static const char *skip_space(const char *s, const char *end) {
    while (s < end && strchr(" \t\r\n\f\v", *s)) s++;
    return s;
}

/* Behind a comment's "--": its end. */
static const char *skip_comment(const char *s, const char *end) {
    if (s < end && *s == '[') {
        const char *mark = s + 1;
        while (mark < end && *mark == '=') mark++;
        size_t level = (size_t)(mark - s - 1);
        if (mark < end && *mark == '[') {
            for (const char *p = mark + 1; p < end; p++) {
                if (*p != ']') continue;
                const char *q = p + 1;
                while (q < end && *q == '=') q++;
                if (q < end && *q == ']' && (size_t)(q - p - 1) == level) return q + 1;
            }
            return end;
        }
    }
    const char *line = memchr(s, '\n', (size_t)(end - s));
    return line ? line + 1 : end;
}

static const char *skip_blank(const char *s, const char *end) {
    for (;;) {
        s = skip_space(s, end);
        if (end - s < 2 || s[0] != '-' || s[1] != '-') return s;
        s = skip_comment(s + 2, end);
    }
}

/* At "_ENV": is it declared with an attribute?  Comments and strings that say so are refused as
 * well, which hurts nobody. */
static bool has_const_env(const char *s, const char *end) {
    s = skip_blank(s + 4, end);
    if (s == end || *s != '<') return false;
    s = skip_blank(s + 1, end);
    return end - s >= 5 && memcmp(s, "const", 5) == 0;
}

/* U+061C, U+200E, U+200F, U+202A..U+202E, U+2066..U+2069 */
static bool is_direction_mark(const unsigned char *s, size_t left) {
    if (left >= 2 && s[0] == 0xd8 && s[1] == 0x9c) return true;
    if (left < 3 || s[0] != 0xe2) return false;
    if (s[1] == 0x80) return s[2] == 0x8e || s[2] == 0x8f || (s[2] >= 0xaa && s[2] <= 0xae);
    return s[1] == 0x81 && s[2] >= 0xa6 && s[2] <= 0xa9;
}

/* Does a word begin at s that leaves a loop or block by a jump?  The parser resolves all pending
 * ones at their label in a time that grows with the square of their number, and cannot be stopped
 * there.  In texts and comments they count as well. */
static bool is_jump(const char *s, const char *end) {
    return (end - s >= 4 && memcmp(s, "goto", 4) == 0) ||
           (end - s >= 5 && memcmp(s, "break", 5) == 0);
}

static const char *refusal(const char *s, const char *end) {
    unsigned char c = (unsigned char)*s;
    if (c == 0) return "the text holds a NUL";
    if (c == 0x1b) return "the text holds an escape character, or is compiled code";
    if ((c < 0x20 && !strchr("\t\n\r\f\v", c)) || c == 0x7f)
        return "the text holds a control character";
    if ((c == 0xe2 || c == 0xd8) && is_direction_mark((const unsigned char *)s, (size_t)(end - s)))
        return "the text holds an invisible mark of writing direction";
    if (c == '_' && end - s > 4 && memcmp(s, "_ENV", 4) == 0 && has_const_env(s, end))
        return "_ENV cannot be a constant";
    return NULL;
}

bool berth_source_check(const char *text, size_t len, size_t max, berth_source *out,
                        berth_source_fault *fault) {
    *fault = (berth_source_fault){0, NULL};
    if (len > max) {
        fault->why = "the text is too long: tables of data belong into the parameters";
        return false;
    }
    if (len >= 3 && memcmp(text, "\xef\xbb\xbf", 3) == 0) {
        text += 3;
        len -= 3;
    }
    int line = 1, jumps = 0;
    const char *end = text + len;
    for (const char *s = text; s < end; s++) {
        fault->why = refusal(s, end);
        if ((*s == 'g' || *s == 'b') && is_jump(s, end) && ++jumps > JUMPS_MAX)
            fault->why = "the text holds too many gotos and breaks";
        if (fault->why) {
            fault->line = line;
            return false;
        }
        if (*s == '\n') line++;
    }
    if (len > 0 && *text == '#') {
        const char *rest = memchr(text, '\n', len);
        text = rest ? rest : end;
    }
    *out = (berth_source){text, (size_t)(end - text)};
    return true;
}
