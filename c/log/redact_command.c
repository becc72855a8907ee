/* redact_command.c - secrets on command lines that only the program's name tells: mysql -px,
 * curl -u ann:x, echo x | docker login --password-stdin.  The programs stand in redact_command.h.
 */
#include <string.h>

#include "log/redact_command.h"
#include "log/redact_private.h"

#define LINE_MAX_BYTES 2048 /* of one command that are looked at, and words of it */
#define WORDS_MAX 96 /* masks leave their number as it is: another round sees the same words */
#define WORD_MAX_BYTES 512 /* of a word that goes on after that */
#define ECHO_BACK 256
#define BRACKET_BACK 128 /* bytes of a list before the program */
#define ENCODED_LEAST 24

static const berth_command commands[] = {
#define X(name, flag, argument, verb) {name, flag, ARGUMENT_##argument, verb},
    BERTH_COMMANDS(X)
#undef X
};

#define NCOMMANDS (sizeof commands / sizeof *commands)

/* A command line, read once. */
typedef struct line {
    const redact_scan *scan;
    size_t at, last, stop; /* no word begins from `last` on, none goes on past `stop` */
    bool list;             /* ["mysql", "-px"]: marks and commas stand between the words */
    char close;            /* the bracket that ends the line, as in [mysql -px]; NUL: none */
    size_t count;
    struct {
        uint32_t from, to; /* without its marks */
    } word[WORDS_MAX];
} line;

/* Its words, one after the other. */
typedef struct words {
    const line *line;
    size_t next;
    size_t from, to; /* the last word */
} words;

static bool next_word(words *w) {
    if (w->next == w->line->count) return false;
    w->from = w->line->word[w->next].from;
    w->to = w->line->word[w->next].to;
    w->next++;
    return true;
}

static bool ends_command(char c) {
    return c == '\n' || c == '\r' || c == '|' || c == ';';
}

/* -p\"x y\" in a string: past the part of the word in such marks; 0: none opens at `at`. */
static size_t escaped_part(const redact_scan *scan, size_t at, size_t stop) {
    redact_quote quote = redact_quote_at(scan, at);
    size_t from = at + quote.len, close = redact_quote_close(scan, from, quote);
    if (memchr(",:}])", redact_peek(scan, from), 5)) return 0;
    if (close == SIZE_MAX || close == from || close >= stop || byte_is(scan->s[from], BYTE_SPACE))
        return 0;
    return close + quote.len;
}

/* Does the mark before `at` close a string that the command is in? */
static bool is_closing(const redact_scan *scan, size_t at) {
    return at >= scan->len || byte_in(scan->s[at], ",}])");
}

/* 'ann':'x', "ann"%x: does the word go on after the mark that ends before `at`? */
static bool is_glued(const redact_scan *scan, size_t at, size_t stop) {
    if (at + 1 >= stop || !byte_in(scan->s[at], ":%")) return false;
    return !byte_is(scan->s[at + 1], BYTE_SPACE) && !byte_in(scan->s[at + 1], ",}])");
}

/* Does the bracket at `at` close the one in which the command stands? */
static bool is_last_bracket(const line *w, size_t at) {
    const redact_scan *scan = w->scan;
    return w->close && scan->s[at] == w->close &&
           (at + 1 >= scan->len || !byte_is(scan->s[at + 1], BYTE_WORD));
}

/* Past the a2= of a2="x", as the kernel's audit numbers arguments. */
static size_t past_number(const redact_scan *scan, size_t at) {
    size_t i = at + 1;
    if (redact_peek(scan, at) != 'a') return at;
    while (i < at + 4 && byte_is(redact_peek(scan, i), BYTE_DIGIT)) i++;
    return i > at + 1 && redact_peek(scan, i) == '=' && redact_quote_at(scan, i + 1).len ? i + 1
                                                                                         : at;
}

/* Do backslashes and a letter at `at` end a line of a text in a string?  In a string in a string
 * the backslashes are two, as in C:\\new in one. */
static bool breaks_line(const redact_scan *scan, size_t at) {
    size_t letter = at;
    while (redact_peek(scan, letter) == '\\') letter++;
    if (redact_breaks_string(scan, letter)) return true;
    char next = redact_peek(scan, letter + 1);
    return letter - at > 1 && byte_in(redact_peek(scan, letter), "nr") && next != '\0' &&
           !byte_is(next, BYTE_LOWER);
}

/* Reads the next word; false at the end of the command. */
static bool read_word(line *w, size_t *from, size_t *to) {
    const redact_scan *scan = w->scan;
    const char *s = scan->s;
    size_t i = w->at;
    while (i < w->stop && (byte_in(s[i], " \t,") || s[i] == '\0' ||
                           (w->list && (byte_is(s[i], BYTE_QUOTE) || s[i] == '\\'))))
        i++;
    if (i >= w->last || ends_command(s[i]) || (w->list && s[i] == ']')) return false;
    if (is_last_bracket(w, i)) return false;
    if (s[i] == '&' && i + 1 < w->stop && s[i + 1] == '&') return false;
    if (!w->list) i = past_number(scan, i);
    redact_quote quote = redact_quote_at(scan, i);
    *from = i + quote.len;
    if (!w->list && redact_closes_string(scan, i, quote)) return false;
    if (quote.len && !w->list) {
        size_t close = redact_quote_close(scan, *from, quote);
        *to = close == SIZE_MAX || close > w->stop ? w->stop : close;
        w->at = *to + quote.len;
        if (!is_glued(scan, w->at, w->stop)) return true;
        i = w->at;
    }
    for (; i < w->stop && !byte_is(s[i], BYTE_SPACE) && s[i] != '\0'; i++) {
        if (w->list && (s[i] == ',' || redact_quote_at(scan, i).len)) break;
        if (is_last_bracket(w, i)) {
            w->last = i;
            break;
        }
        bool slashes = s[i] == '\\' && (i == *from || s[i - 1] != '\\');
        if (!w->list && slashes && breaks_line(scan, i)) {
            w->last = i;
            break;
        }
        if (!w->list && s[i] == '\\' && i > *from && redact_quote_at(scan, i).len) {
            size_t past = escaped_part(scan, i, w->stop);
            if (!past) {
                w->last = i; /* it closes the string around the command */
                break;
            }
            i = past - 1;
            continue;
        }
        if (!w->list && byte_is(s[i], BYTE_QUOTE) && i > *from) {
            if (is_closing(scan, i + 1)) {
                w->last = i;
                break;
            }
            /* -p'x y': the mark belongs to the word */
            redact_quote inner = redact_quote_at(scan, i);
            size_t close = redact_quote_close(scan, i + inner.len, inner);
            if (close == SIZE_MAX || close >= w->stop) break;
            i = close;
        }
    }
    *to = i;
    w->at = i > *from ? i : i + 1;
    return *to > *from || w->list;
}

/* Reads the words from `at` on; those of a list stand in marks. */
static void read_line(const redact_scan *scan, size_t at, size_t last, bool list, char close,
                      line *w) {
    size_t from, to;
    w->scan = scan;
    w->close = close;
    w->at = at;
    w->last = last;
    w->stop = scan->len - last > WORD_MAX_BYTES ? last + WORD_MAX_BYTES : scan->len;
    w->list = list;
    for (w->count = 0; w->count < WORDS_MAX && read_word(w, &from, &to); w->count++) {
        w->word[w->count].from = (uint32_t)from;
        w->word[w->count].to = (uint32_t)to;
    }
}

/* Without the marks around it: \"ann:x\" */
static redact_quote unquote(const redact_scan *scan, size_t *from, size_t *to) {
    redact_quote quote = *from < *to ? redact_quote_at(scan, *from) : (redact_quote){0};
    if (quote.len && *to > *from + 2 * quote.len) {
        *from += quote.len;
        if (byte_is(scan->s[*to - 1], BYTE_QUOTE)) *to -= quote.len;
    }
    return quote;
}

static size_t mark(redact_scan *scan, size_t from, size_t to) {
    if (from < to && memchr(scan->s + from, '$', to - from < 2 ? to - from : 2) &&
        redact_variables(scan, from, RULE_COMMAND))
        return 0;
    redact_quote quote = unquote(scan, &from, &to);
    redact_syntax syntax = quote.len ? SYNTAX_QUOTED : SYNTAX_TIGHT;
    bool empty = quote.len && to - from == 2 * quote.len && redact_quote_at(scan, from).len;
    if (empty) return 0; /* '' */
    berth_key_class class = {.kind = BERTH_KEY_PASSWORD, .weight = BERTH_KEY_STRONG};
    if (from >= to || !redact_is_secret(scan, class, from, to, syntax)) return 0;
    return redact_mark_secret(scan, from, to, RULE_COMMAND) ? to : 0;
}

/* The part of the word after the first `joint`. */
static size_t mark_after(redact_scan *scan, size_t from, size_t to, char joint) {
    unquote(scan, &from, &to);
    const char *found = memchr(scan->s + from, joint, to - from);
    return found ? mark(scan, (size_t)(found - scan->s) + 1, to) : 0;
}

static size_t mark_word(redact_scan *scan, const berth_command *command, size_t from, size_t to) {
    switch (command->argument) {
    case ARGUMENT_COLON:
    case ARGUMENT_ECHO_COLON:
        return mark_after(scan, from, to, ':');
    case ARGUMENT_PERCENT:
        return mark_after(scan, from, to, '%');
    case ARGUMENT_COMMA:
        return mark_after(scan, from, to, ',');
    case ARGUMENT_COOKIE:
        return redact_cookies(scan, from);
    case ARGUMENT_PREFIX:
        if (to - from < 5 || memcmp(scan->s + from, "pass:", 5) != 0) return 0;
        return mark(scan, from + 5, to);
    default:
        return mark(scan, from, to);
    }
}

static bool is_word(const words *w, const char *text) {
    size_t len = strlen(text);
    return w->to - w->from == len && memcmp(w->line->scan->s + w->from, text, len) == 0;
}

/* -sSu: short options written as one, the flag's last. */
static bool holds_flag(const words *w, const char *flag) {
    const char *s = w->line->scan->s;
    if (strlen(flag) != 2 || w->to - w->from < 3 || s[w->from] != '-' || s[w->to - 1] != flag[1])
        return false;
    for (size_t i = w->from + 1; i < w->to; i++) {
        if (!byte_is(s[i], BYTE_LETTER)) return false;
    }
    return true;
}

/* 7, 128, secret: how the word after it is written, not a secret itself. */
static bool is_type(const words *w) {
    size_t i = w->from;
    while (i < w->to && byte_is(w->line->scan->s[i], BYTE_DIGIT)) i++;
    return i == w->to && w->to - w->from <= 3;
}

/* Does the flag stand there?  Options of Windows may be written in capitals: /RP */
static bool is_flag(const char *s, const char *flag, size_t len) {
    if (s[0] != flag[0]) return false;
    return flag[0] == '/' ? bytes_fold_equal(s, flag, len) : memcmp(s, flag, len) == 0;
}

/* The flag's argument in the words that follow. */
static size_t after_flag(redact_scan *scan, const berth_command *command, words w) {
    size_t len = strlen(command->flag), done = 0;
    bool verb = command->verb == NULL;
    while (next_word(&w)) {
        if (!verb && is_word(&w, command->verb)) {
            verb = true;
            continue;
        }
        bool among = command->argument == ARGUMENT_COLON || /* unzip -qP x */
                     (command->argument == ARGUMENT_NEXT && strcmp(command->flag, "-P") == 0 &&
                      w.to - w.from < 6);
        if (verb && among && holds_flag(&w, command->flag)) {
            size_t end = next_word(&w) ? mark_word(scan, command, w.from, w.to) : 0;
            done = end ? end : done;
            continue;
        }
        if (!verb || w.to - w.from < len || !is_flag(scan->s + w.from, command->flag, len))
            continue;
        if (w.to - w.from == len) {
            if (command->argument == ARGUMENT_ATTACHED || !next_word(&w)) continue;
            bool type = command->argument == ARGUMENT_TYPED && is_type(&w);
            if (type && !next_word(&w)) continue;
            size_t end = mark_word(scan, command, w.from, w.to);
            done = end ? end : done;
            if (command->argument == ARGUMENT_APART) return done; /* the rest may be a command's */
        } else if (command->argument == ARGUMENT_APART) {
            continue;
        } else if (len == 2 || command->argument == ARGUMENT_ATTACHED ||
                   scan->s[w.from + len] == '=') {
            size_t skip = scan->s[w.from + len] == '=' && len > 2 ? 1 : 0;
            size_t end = mark_word(scan, command, w.from + len + skip, w.to);
            done = end ? end : done;
        }
    }
    return done;
}

/* /add, an option of Windows, or --random-password */
static bool is_switch(const char *s, size_t len) {
    bool dashes = len > 3 && s[0] == '-' && s[1] == '-';
    size_t from = dashes ? 2 : 1, i = from;
    while (i < len && (byte_is(s[i], BYTE_LETTER) || (dashes && s[i] == '-'))) i++;
    return len > from && (dashes || s[0] == '/') && i == len;
}

static size_t at_place(redact_scan *scan, const berth_command *command, words w) {
    unsigned place = (unsigned)(command->flag[0] - '0');
    bool verb = command->verb == NULL;
    while (place > 0 && next_word(&w)) {
        verb = verb || (w.to - w.from >= 2 && memcmp(scan->s + w.from, command->verb, 2) == 0);
        place--;
    }
    bool id = command->name[0] == 's' && strcmp(command->name, "secret-set-value") == 0 &&
              redact_is_uuid(scan->s + w.from, w.to - w.from); /* virsh --secret ID --base64 x */
    return place == 0 && verb && !id && !is_switch(scan->s + w.from, w.to - w.from)
               ? mark(scan, w.from, w.to)
               : 0;
}

/* htpasswd -bB -C 12 FILE ann x: the operand that `flag` counts. */
static size_t operand(redact_scan *scan, const berth_command *command, words w) {
    const char *s = scan->s;
    unsigned place = (unsigned)(command->flag[0] - '0');
    bool given = false;
    while (next_word(&w)) {
        bool option = s[w.from] == '-' && w.to - w.from > 1;
        if (!option && --place == 0) return given ? mark(scan, w.from, w.to) : 0;
        if (!option || s[w.from + 1] == '-') continue;
        given = given || memchr(s + w.from, command->verb[0], w.to - w.from);
        if (memchr(s + w.from, command->flag[1], w.to - w.from) && command->flag[1] != '-') place--;
        bool argument = byte_in(s[w.to - 1], command->flag + 2);
        if (argument && !next_word(&w)) return 0;
    }
    return 0;
}

/* vault login x: neither an option nor name=x. */
static size_t first_word(redact_scan *scan, words w) {
    const char *s = scan->s;
    while (next_word(&w)) {
        if (s[w.from] == '-') continue;
        bool quoted = byte_is(s[w.from - 1], BYTE_QUOTE); /* no pair then */
        if (!quoted && memchr(s + w.from, '(', w.to - w.from)) return 0;
        const char *sign = quoted ? NULL : memchr(s + w.from, '=', w.to - w.from);
        if (sign && sign + 2 < s + w.to && !byte_is(s[w.to - 1], BYTE_WORD)) return 0;
        bool mixed = (redact_is_mixture(scan, w.from, w.to) &&
                      redact_has_odd_bytes(scan, w.from, w.to)) ||
                     (quoted && redact_has_blank(scan, w.from, w.to));
        bool pair = !quoted && redact_is_pair(scan, w.from);
        return mixed && !pair ? mark(scan, w.from, w.to) : 0;
    }
    return 0;
}

/* sqlplus ann/x; but / as sysdba, and ann/x@db-1, which is seen by its sign. */
static size_t slashed_word(redact_scan *scan, words w) {
    const char *s = scan->s;
    while (next_word(&w)) {
        if (s[w.from] == '-') continue;
        const char *slash = memchr(s + w.from, '/', w.to - w.from);
        bool user = slash && slash > s + w.from && !memchr(s + w.from, '@', w.to - w.from);
        size_t from = user ? (size_t)(slash - s) + 1 : w.to;
        return user && !memchr(s + from, '/', w.to - from) ? mark(scan, from, w.to) : 0;
    }
    return 0;
}

/* powershell -EncodedCommand bgBlAHQA...: the words that are blocks with something in them. */
static size_t encoded_words(redact_scan *scan, words w) {
    size_t done = 0;
    while (next_word(&w)) {
        size_t i = w.from;
        while (i < w.to && (byte_is(scan->s[i], BYTE_WORD) || byte_in(scan->s[i], "+/="))) i++;
        if (i < w.to || w.to - w.from < ENCODED_LEAST) continue;
        size_t end = redact_encoded(scan, w.from, BLOCK_BASE64);
        done = end ? end : done;
    }
    return done;
}

/* net use Z: \\host\share /user:ann x */
static size_t loose_words(redact_scan *scan, words w) {
    size_t done = 0;
    while (next_word(&w)) {
        char first = scan->s[w.from], last = scan->s[w.to - 1];
        if (first == '/' || first == '\\' || last == ':') continue;
        const char *slash = memchr(scan->s + w.from, '\\', w.to - w.from);
        size_t to = slash ? (size_t)(slash - scan->s) : w.to, letter = to;
        while (letter < w.to && scan->s[letter] == '\\') letter++;
        bool breaks = letter < w.to && byte_in(scan->s[letter], "nr"); /* x\\nnext of a string */
        if (first != '*') done = mark(scan, w.from, breaks ? to : w.to);
        if (breaks) break;
    }
    return done;
}

/* echo x | command: the word after the last echo before it. */
static size_t echoed(redact_scan *scan, const berth_command *command, size_t at, words w) {
    const char *s = scan->s;
    if (command->verb) {
        bool verb = false;
        while (!verb && next_word(&w)) {
            size_t n = strlen(command->verb);
            verb = w.to - w.from == n && bytes_fold_equal(s + w.from, command->verb, n);
        }
        if (!verb) return 0;
    }
    size_t low = at > ECHO_BACK ? at - ECHO_BACK : 0;
    for (size_t i = at; i >= low + 5; i--) {
        if (s[i - 1] == '\n') return 0;
        if (memcmp(s + i - 5, "echo ", 5) != 0 && memcmp(s + i - 5, "intf ", 5) != 0) continue;
        size_t from, to;
        unsigned parts = 0; /* printf '%s%s' x y */
        line before = {.scan = scan, .at = i, .last = at, .stop = at};
        while (read_word(&before, &from, &to)) {
            if (s[from] == '-' && to - from == 2) continue; /* -n */
            if (s[from] == '%') { /* printf '%s' */
                for (size_t k = from; k < to; k++) parts += s[k] == '%';
                continue;
            }
            mark_word(scan, command, from, to);
            if (parts < 2) return 0;
            parts--;
        }
        return 0;
    }
    return 0;
}

/* Up to where no further command of the name is looked for: to the end of the line, or, where it
 * goes further than is looked at, to the last one in it, whose own arguments may stand there. */
static size_t done_until(const line *w, size_t at, const char *name) {
    size_t len = strlen(name);
    if (w->at < w->last && w->count < WORDS_MAX) return w->at;
    for (size_t i = w->count; i-- > 0;) {
        size_t to = w->word[i].to;
        if (to > at + 2 * len && bytes_fold_equal(w->scan->s + to - len, name, len))
            return to - len;
    }
    return w->at;
}

/* Past the program's name: 64, .exe, and the mark of "C:\Tools\PsExec.exe" -p x, but not that of a
 * list of arguments. */
static size_t name_end(const redact_scan *scan, size_t at) {
    if (redact_is_at(scan, at, "64")) at += 2;
    if (redact_folds_at(scan, at, ".exe")) at += 4;
    redact_quote quote = redact_quote_at(scan, at);
    bool alone = quote.len && byte_in(redact_peek(scan, at + quote.len), " \t") &&
                 !redact_closes_string(scan, at, quote);
    return alone ? at + quote.len : at;
}

/* [mysql -px], [/usr/bin/mysql, -px], {mysql,-px}: the bracket that closes the one right before
 * the program, or before others in a list; NUL: there is none. */
static char bracket_around(const redact_scan *scan, size_t at, bool comma) {
    const char *s = scan->s;
    size_t low = at > BRACKET_BACK ? at - BRACKET_BACK : 0;
    while (at > low && (byte_is(s[at - 1], BYTE_NAME) || byte_in(s[at - 1], "/\\"))) at--;
    while (comma && at > low && s[at - 1] != '[' && s[at - 1] != '{') {
        if (byte_is(s[at - 1], BYTE_QUOTE) || byte_in(s[at - 1], "]}\n")) return '\0';
        at--;
    }
    if (at == low) return '\0';
    return s[at - 1] == '[' ? ']' : s[at - 1] == '{' && comma ? '}' : '\0';
}

/* Looks for what the command at `at`, and others of its name, take. */
static void run_command(redact_scan *scan, size_t at, unsigned index, const line *read) {
    words w = {.line = read};
    for (unsigned i = index; i < NCOMMANDS; i = scan->r->command_next[i]) { /* with other flags */
        redact_work(scan, 2 * read->count);
        if (commands[i].argument == ARGUMENT_PLACE)
            at_place(scan, &commands[i], w);
        else if (commands[i].argument == ARGUMENT_OPERAND)
            operand(scan, &commands[i], w);
        else if (commands[i].argument == ARGUMENT_FIRST)
            first_word(scan, w);
        else if (commands[i].argument == ARGUMENT_SLASH)
            slashed_word(scan, w);
        else if (commands[i].argument == ARGUMENT_ENCODED)
            encoded_words(scan, w);
        else if (commands[i].argument == ARGUMENT_LOOSE)
            loose_words(scan, w);
        else if (commands[i].argument >= ARGUMENT_ECHO)
            echoed(scan, &commands[i], at, w);
        else
            after_flag(scan, &commands[i], w);
    }
}

/* ParameterBinding(ConvertTo-SecureString): name="String"; value="x", from the bracket on. */
static size_t bound_text(redact_scan *scan, size_t at) {
    static const char bound[] = "): name=\"string\"; value=";
    if (!redact_folds_at(scan, at, bound)) return 0;
    size_t value = at + sizeof bound - 1, close;
    redact_quote quote = redact_quote_at(scan, value);
    if (!quote.len) return 0;
    size_t from = redact_quoted(scan, value, quote, &close);
    return mark(scan, from, close);
}

size_t redact_command(redact_scan *scan, size_t at, unsigned index) {
    const char *name = commands[index].name;
    size_t len = strlen(name), end = at + len;
    if (redact_peek(scan, end) == ')') return bound_text(scan, end);
    if ((scan->commands && at < scan->command_end[index]) || scan->len - at < len ||
        !bytes_fold_equal(scan->s + at, name, len))
        return 0;
    if (at > 0 && byte_is(scan->s[at - 1], BYTE_NAME) && name[0] != '-' &&
        !redact_begins_line(scan, at))
        return 0;
    end = name_end(scan, end);
    char c = end < scan->len ? scan->s[end] : '\n';
    bool list = end < scan->len && redact_quote_at(scan, end).len; /* ["mysql", "-px"] */
    /* with NULs between, as /proc/1/cmdline has them */
    bool ends = byte_is(c, BYTE_SPACE) || c == '\0' ||
                (c == '\\' && redact_breaks_string(scan, end + 1));
    if (!ends && c != ',' && !list) return 0;
    char close = list ? '\0' : bracket_around(scan, at, c == ',');
    if (c == ',' && !close) return 0;
    list = list || c == ',';
    size_t last = scan->len - end > LINE_MAX_BYTES ? end + LINE_MAX_BYTES : scan->len;
    line read;
    read_line(scan, end, last, list, close, &read);
    redact_work(scan, 60 + 2 * (read.at - end) + 4 * read.count);
    run_command(scan, at, index, &read);
    if (!scan->commands) memset(scan->command_end, 0, sizeof scan->command_end);
    scan->commands = true;
    scan->command_end[index] = (uint32_t)done_until(&read, at, name);
    return 0; /* names and URLs among the arguments are still to be seen */
}

size_t redact_command_count(void) {
    return NCOMMANDS;
}

const char *redact_command_name(size_t i) {
    for (size_t k = 0; k < i; k++) { /* each name once */
        if (strcmp(commands[k].name, commands[i].name) == 0) return NULL;
    }
    return commands[i].name;
}

_Static_assert(NCOMMANDS <= REDACT_COMMAND_ENDS, "room for each command");

void redact_command_chain(berth_redactor *r) {
    for (size_t i = 0; i < NCOMMANDS; i++) {
        size_t next = i + 1;
        while (next < NCOMMANDS && strcmp(commands[next].name, commands[i].name) != 0) next++;
        r->command_next[i] = (uint8_t)next;
    }
}
