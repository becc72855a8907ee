/* log_format.c - a record as one line of JSON or of text.
 *
 * JSON is always valid: what is no UTF-8 becomes U+FFFD, a number that JSON does not know a text.
 * In text such bytes become \xHH.  Control characters, DEL and those of Latin-1 are escaped in
 * both, and so are the separators of lines and paragraphs. */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "log/log_private.h"

#define NUMBER_MAX 48

/* Room for len more bytes; false without memory, which the line remembers. */
static bool grow(log_line *line, size_t len) {
    size_t cap = (line->len + len) * 2 + 256;
    char *grown = line->failed ? NULL : berth_realloc(line->mem, line->s, line->cap, cap);
    if (!grown) {
        line->failed = true;
        return false;
    }
    line->s = grown;
    line->cap = cap;
    return true;
}

static inline void put(log_line *line, const char *s, size_t len) {
    if (line->cap - line->len < len && !grow(line, len)) return;
    memcpy(line->s + line->len, s, len);
    line->len += len;
}

static inline void put_text(log_line *line, const char *s) {
    put(line, s, strlen(s));
}

/* Bytes of the UTF-8 character at s, its code in *code; 0: it is none. */
static size_t utf8(const char *text, size_t len, unsigned *code) {
    const unsigned char *s = (const unsigned char *)text;
    size_t n = s[0] < 0x80 ? 1 : s[0] >= 0xf0 ? 4 : s[0] >= 0xe0 ? 3 : s[0] >= 0xc2 ? 2 : 0;
    if (n == 0 || n > len || s[0] > 0xf4) return 0;
    *code = n == 1 ? s[0] : s[0] & (0xffu >> (n + 1));
    for (size_t i = 1; i < n; i++) {
        if ((s[i] & 0xc0) != 0x80) return 0;
        *code = *code << 6 | (s[i] & 0x3fu);
    }
    bool wrong = (n == 3 && *code < 0x800) || (n == 4 && (*code < 0x10000 || *code > 0x10ffff)) ||
                 (*code >= 0xd800 && *code < 0xe000);
    return wrong ? 0 : n;
}

/* Would it end a line, or do something to a terminal? */
static bool is_control(unsigned code) {
    return code < 0x20 || (code >= 0x7f && code < 0xa0) || code == 0x061c || code == 0x200e ||
           code == 0x200f || (code >= 0x2028 && code <= 0x202e) ||
           (code >= 0x2066 && code <= 0x2069) || code == 0xfeff;
}

/* May the byte stand in both formats as it is, whatever comes before and after? */
static inline bool is_easy(char byte) {
    return byte >= 0x20 && byte < 0x7f && byte != '"' && byte != '\\';
}

static void put_escaped(log_line *line, const char *s, size_t len, bool json, bool quoted) {
    size_t from = 0;
    for (size_t i = 0; i < len;) {
        if (is_easy(s[i])) {
            i++;
            continue;
        }
        unsigned code = 0;
        size_t n = utf8(s + i, len - i, &code);
        bool mark = code == '"' || code == '\\';
        if (n > 0 && !is_control(code) && !(mark && quoted)) {
            i += n;
            continue;
        }
        put(line, s + from, i - from);
        char text[16];
        if (n == 0) snprintf(text, sizeof text, json ? "\\ufffd" : "\\x%02x", (unsigned char)s[i]);
        else if (mark) snprintf(text, sizeof text, "\\%c", (int)code);
        else if (code == '\n') snprintf(text, sizeof text, "\\n");
        else if (code == '\r') snprintf(text, sizeof text, "\\r");
        else if (code == '\t') snprintf(text, sizeof text, "\\t");
        else snprintf(text, sizeof text, "\\u%04x", code);
        put_text(line, text);
        i += n ? n : 1;
        from = i;
    }
    put(line, s + from, len - from);
}

/* The longest beginning of at most BERTH_LOG_VALUE_MAX bytes that ends between characters. */
static size_t cut(const char *s, size_t len) {
    if (len <= BERTH_LOG_VALUE_MAX) return len;
    size_t n = BERTH_LOG_VALUE_MAX;
    while (n > BERTH_LOG_VALUE_MAX - 4 && ((unsigned char)s[n] & 0xc0) == 0x80) n--;
    return n;
}

static void put_quoted(log_line *line, const char *s, size_t len, bool json) {
    size_t n = cut(s, len);
    put(line, "\"", 1);
    put_escaped(line, s, n, json, true);
    if (n < len) put_text(line, "...");
    put(line, "\"", 1);
}

/* Days since 1970 as a date; Howard Hinnant's reckoning of civil days. */
static void write_second(char text[LOG_SECOND], int64_t second) {
    int64_t day = second / 86400, rest = second % 86400;
    if (rest < 0) {
        rest += 86400;
        day--;
    }
    int64_t z = day + 719468, era = (z >= 0 ? z : z - 146096) / 146097, doe = z - era * 146097;
    int64_t yoe = (doe - doe / 1460 + doe / 36524 - doe / 146096) / 365;
    int64_t doy = doe - (365 * yoe + yoe / 4 - yoe / 100), mp = (5 * doy + 2) / 153;
    int64_t d = doy - (153 * mp + 2) / 5 + 1, m = mp < 10 ? mp + 3 : mp - 9;
    int64_t y = yoe + era * 400 + (m <= 2 ? 1 : 0);
    snprintf(text, LOG_SECOND, "%04lld-%02d-%02dT%02d:%02d:%02d.", (long long)y, (int)m, (int)d,
             (int)(rest / 3600), (int)(rest / 60 % 60), (int)(rest % 60));
}

/* Many records share their second: its text is kept. */
static void put_time(log_line *line, int64_t now) {
    char text[] = "000000Z";
    int64_t micro = now % 1000000, second = now / 1000000;
    if (micro < 0) {
        micro += 1000000;
        second--;
    }
    if (line->second != second || line->date[0] == '\0') write_second(line->date, second);
    line->second = second;
    for (int i = 5; i >= 0; i--, micro /= 10) text[i] = (char)('0' + micro % 10);
    put_text(line, line->date);
    put(line, text, sizeof text - 1);
}

static void put_integer(log_line *line, int64_t number) {
    char text[24];
    size_t at = sizeof text;
    uint64_t rest = number < 0 ? 0 - (uint64_t)number : (uint64_t)number;
    do {
        text[--at] = (char)('0' + rest % 10);
        rest /= 10;
    } while (rest > 0);
    if (number < 0) text[--at] = '-';
    put(line, text + at, sizeof text - at);
}

/* The shortest of three ways to write the number that reads back as it. */
static void put_number(log_line *line, double number, bool json) {
    char text[NUMBER_MAX];
    if (!isfinite(number)) {
        put_text(line, json ? "\"" : "");
        put_text(line, isnan(number) ? "nan" : number > 0 ? "inf" : "-inf");
        put_text(line, json ? "\"" : "");
        return;
    }
    for (int digits = 15; digits <= 17; digits++) {
        double back;
        snprintf(text, sizeof text, "%.*g", digits, number);
        if (sscanf(text, "%lf", &back) == 1 && !(back < number) && !(back > number)) break;
    }
    for (char *p = text; *p; p++) {
        if (*p == ',') *p = '.'; /* a locale's */
    }
    put_text(line, text);
}

/* May the text stand without quotation marks? */
static bool is_plain(const char *s, size_t len) {
    for (size_t i = 0; i < len; i++) {
        unsigned char c = (unsigned char)s[i];
        if (c <= 0x20 || c >= 0x7f || c == '"' || c == '=' || c == '\\') return false;
    }
    return len > 0 && len <= BERTH_LOG_VALUE_MAX;
}

/* A text in which nothing is to be escaped. */
static void put_own(log_line *line, const char *s, size_t len) {
    put(line, "\"", 1);
    put(line, s, len);
    put(line, "\"", 1);
}

static void put_value(log_line *line, const berth_log_field *field, bool json) {
    switch (field->type) {
    case BERTH_FIELD_INTEGER:
        put_integer(line, field->integer);
        break;
    case BERTH_FIELD_NUMBER:
        put_number(line, field->number, json);
        break;
    case BERTH_FIELD_BOOLEAN:
        put_text(line, field->boolean ? "true" : "false");
        break;
    case BERTH_FIELD_TEXT:
        if (!json && is_plain(field->text, field->len)) put(line, field->text, field->len);
        else if (field->own) put_own(line, field->text, field->len);
        else put_quoted(line, field->text, field->len, json);
        break;
    }
}

/* The record's own names cannot be taken by a field. */
static bool is_reserved(const char *name) {
    return strcmp(name, "time") == 0 || strcmp(name, "level") == 0 || strcmp(name, "message") == 0;
}

static void put_field(log_line *line, const berth_log_field *field, bool json, bool own) {
    if (own) {
        put_text(line, json ? ",\"" : " ");
        put_text(line, field->name);
        put_text(line, json ? "\":" : "=");
        put_value(line, field, json);
        return;
    }
    const char *prefix = is_reserved(field->name) ? "field_" : "";
    if (json) {
        put_text(line, ",\"");
        put_text(line, prefix);
        put_escaped(line, field->name, strlen(field->name), true, true);
        put_text(line, "\":");
    } else {
        put_text(line, " ");
        put_text(line, prefix);
        if (is_plain(field->name, strlen(field->name))) put_text(line, field->name);
        else put_quoted(line, field->name, strlen(field->name), false);
        put_text(line, "=");
    }
    put_value(line, field, json);
}

/* May the message stand without quotation marks: could nothing in it be taken for a field? */
static bool is_sentence(const char *s, size_t len) {
    return len > 0 && !memchr(s, '=', len) && s[0] != '"';
}

static void put_head(log_line *line, bool json, const log_record *record) {
    static const char *const upper[] = {"DEBUG", "INFO", "WARN", "ERROR", "OFF"};
    size_t len = record->is.message_len, n = cut(record->is.message, len);
    if (json) {
        put_text(line, "{");
        if (record->timed) {
            put_text(line, "\"time\":\"");
            put_time(line, record->now);
            put_text(line, "\",");
        }
        put_text(line, "\"level\":\"");
        put_text(line, berth_level_word(record->level));
        put_text(line, "\",\"message\":");
        put_quoted(line, record->is.message, len, true);
        return;
    }
    if (record->timed) {
        put_time(line, record->now);
        put_text(line, " ");
    }
    put_text(line, upper[record->level]);
    put_text(line, " ");
    if (is_sentence(record->is.message, n)) {
        put_escaped(line, record->is.message, n, false, false);
        if (n < len) put_text(line, "...");
    } else {
        put_quoted(line, record->is.message, len, false);
    }
}

void log_format(log_line *line, berth_log_format format, const log_record *record) {
    bool json = format == BERTH_LOG_JSON;
    line->len = 0;
    line->failed = false;
    put_head(line, json, record);
    for (size_t i = 0; i < record->is.count; i++)
        put_field(line, &record->is.fields[i], json, record->is.own);
    if (record->left_out > 0) {
        berth_log_field left = {.name = "fields_left_out", .type = BERTH_FIELD_INTEGER,
                                .integer = (int64_t)record->left_out};
        put_field(line, &left, json, true);
    }
    put_text(line, json ? "}\n" : "\n");
}
