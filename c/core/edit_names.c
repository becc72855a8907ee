/* edit_names.c - resource classes and traits come and go; small steps of the other verbs. */
#include <string.h>

#include "core/capacity.h"
#include "core/edit_private.h"
#include "core/text.h"

char *berth_edit_copy(const berth_txn *txn, berth_text text) {
    char *copy = berth_alloc(&txn->state->mem, text.len + 1);
    if (copy == NULL) return NULL;
    memcpy(copy, text.data, text.len);
    copy[text.len] = '\0';
    return copy;
}

berth_rc berth_edit_intern(berth_txn *txn, berth_name_kind kind, berth_text text, berth_ref *out,
                           berth_err *err) {
    berth_state *state = txn->state;
    *out = berth_state_name(state, kind, text.data, text.len);
    if (*out != BERTH_NONE) return BERTH_OK;
    berth_change change = {.kind = BERTH_CHANGE_NAME,
                           .a = (berth_ref)state->names[kind].count,
                           .u.name = {kind, NULL, berth_edit_copy(txn, text)}};
    if (change.u.name.after == NULL) return berth_fail_memory(err);
    berth_rc rc = berth_txn_apply(txn, &change, err);
    if (rc == BERTH_OK) *out = change.a;
    return rc;
}

berth_rc berth_edit_check_text(berth_text text, const char *what, berth_err *err) {
    if (text.len == 0) return berth_fail(err, BERTH_EINVALID, "%s is empty", what);
    if (text.len > BERTH_WORD_BYTES)
        return berth_fail(err, BERTH_EINVALID, "%s has %zu bytes, at most %d are taken", what,
                          text.len, BERTH_WORD_BYTES);
    if (!berth_text_valid(text.data, text.len, NULL))
        return berth_fail(err, BERTH_EINVALID, "%s is not UTF-8 text without NUL", what);
    return BERTH_OK;
}

/* --- custom classes and traits ------------------------------------------------------------ */

static const char *noun(berth_name_kind kind) {
    return kind == BERTH_NAME_CLASS ? "resource class" : "trait";
}

static const char *field(berth_name_kind kind) {
    return kind == BERTH_NAME_CLASS ? "class" : "trait";
}

static berth_rc create(berth_txn *txn, berth_name_kind kind, berth_text name, bool *created,
                       berth_err *err) {
    berth_quoted shown = berth_quote(name.data, name.len);
    berth_ref ref = berth_state_name(txn->state, kind, name.data, name.len);
    if (created != NULL) *created = ref == BERTH_NONE;
    if (ref != BERTH_NONE) return BERTH_OK;
    if (!berth_custom_valid(name.data, name.len)) {
        berth_rc rc = berth_fail(err, BERTH_EINVALID,
                                 "%s \"%s\" is not CUSTOM_ followed by A-Z, 0-9 or _, at most %d "
                                 "bytes in all",
                                 noun(kind), shown.text, BERTH_WORD_BYTES);
        berth_err_text(err, field(kind), shown.text);
        return rc;
    }
    return berth_edit_intern(txn, kind, name, &ref, err);
}

static bool class_in_use(const berth_state *state, berth_ref ref) {
    for (size_t i = 0; i < state->nproviders; i++) {
        const berth_provider *p = berth_state_provider(state, (berth_ref)i);
        if (p != NULL && berth_provider_stock(p, ref) != NULL) return true;
    }
    return false;
}

static bool trait_in_use(const berth_state *state, berth_ref ref) {
    for (size_t i = 0; i < state->nproviders; i++) {
        const berth_provider *p = berth_state_provider(state, (berth_ref)i);
        if (p != NULL && berth_refs_have(&p->traits, ref)) return true;
    }
    return false;
}

static berth_rc delete_name(berth_txn *txn, berth_name_kind kind, berth_text name,
                            berth_err *err) {
    berth_state *state = txn->state;
    berth_quoted shown = berth_quote(name.data, name.len);
    berth_ref ref = berth_state_name(state, kind, name.data, name.len);
    berth_rc rc = BERTH_OK;
    if (ref == BERTH_NONE)
        rc = berth_fail(err, BERTH_ENOTFOUND, "%s %s does not exist", noun(kind), shown.text);
    else if (ref < BERTH_CUSTOM_BASE)
        rc = berth_fail(err, BERTH_EPROTECTED, "%s %s is a standard one and stays", noun(kind),
                        shown.text);
    else if (kind == BERTH_NAME_CLASS ? class_in_use(state, ref) : trait_in_use(state, ref))
        rc = berth_fail(err, BERTH_EINUSE, "%s %s is still in use by a provider", noun(kind),
                        shown.text);
    if (rc != BERTH_OK) {
        berth_err_text(err, field(kind), shown.text);
        return rc;
    }
    berth_change change = {.kind = BERTH_CHANGE_NAME,
                           .a = ref,
                           .u.name = {kind, state->names[kind].text[ref], NULL}};
    return berth_txn_apply(txn, &change, err);
}

berth_rc berth_class_create(berth_txn *txn, berth_text name, bool *created, berth_err *err) {
    return create(txn, BERTH_NAME_CLASS, name, created, err);
}

berth_rc berth_trait_create(berth_txn *txn, berth_text name, bool *created, berth_err *err) {
    return create(txn, BERTH_NAME_TRAIT, name, created, err);
}

berth_rc berth_class_delete(berth_txn *txn, berth_text name, berth_err *err) {
    return delete_name(txn, BERTH_NAME_CLASS, name, err);
}

berth_rc berth_trait_delete(berth_txn *txn, berth_text name, berth_err *err) {
    return delete_name(txn, BERTH_NAME_TRAIT, name, err);
}
