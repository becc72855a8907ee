/* host.c - a set of policies: loading, replacing, telling about them.  See host.h. */
#include "policy/host.h"

#include <string.h>

#include "core/err.h"
#include "policy/host_private.h"

berth_rc berth_policies_new(berth_mem mem, berth_policies **out, berth_err *err) {
    *out = NULL;
    berth_policies *policies = berth_calloc(&mem, 1, sizeof *policies);
    if (policies == NULL) return berth_fail_memory(err);
    policies->mem = mem;
    policies->options = berth_sandbox_default_options();
    policies->options.mem = mem;
    berth_places_init(&policies->places, mem);
    berth_decisions_init(&policies->decisions, mem);
    policies->judge = (berth_judge){
        .self = policies, .rank = berth_host_rank, .admit = berth_host_admit};
    *out = policies;
    return BERTH_OK;
}

void berth_policies_watch(berth_policies *policies, berth_policies_prepare prepare, void *ud) {
    policies->prepare = prepare;
    policies->prepare_ud = ud;
}

static void free_all(const berth_mem *mem, berth_policy **items, size_t count, size_t cap) {
    for (size_t i = 0; i < count; i++) berth_policy_free(items[i]);
    berth_free(mem, items, cap * sizeof(berth_policy *));
}

void berth_policies_free(berth_policies *policies) {
    if (policies == NULL) return;
    berth_mem mem = policies->mem;
    free_all(&mem, policies->items, policies->count, policies->cap);
    berth_places_free(&policies->places);
    berth_decisions_free(&policies->decisions);
    for (size_t i = 0; i < policies->nfield_names; i++)
        berth_free(&mem, policies->field_names[i], strlen(policies->field_names[i]) + 1);
    berth_free(&mem, policies, sizeof *policies);
}

/* --- changing the set ---------------------------------------------------------------------- */

/* Equal for equal rankings: the same texts with the same parameters in the same order. */
static uint64_t fingerprint(const berth_policy *policy, uint64_t before) {
    static const uint64_t key[2] = {1, 2};
    uint64_t text = berth_hash_bytes(key, policy->digest, sizeof policy->digest);
    uint64_t given = berth_hash_bytes(key, policy->parameters.bytes, policy->parameters.len);
    return berth_hash_u64(berth_hash_u64(before, text), given);
}

/* After every change.  A ranking that is only observed ranks nothing. */
static void survey(berth_policies *policies) {
    const unsigned filter = 1u << BERTH_HOOK_FILTER, score = 1u << BERTH_HOOK_SCORE;
    uint64_t ranking = 0;
    policies->scorer = NULL;
    policies->filters = policies->judge.has_admit = false;
    for (size_t i = 0; i < policies->count; i++) {
        berth_policy *p = policies->items[i];
        policies->judge.has_admit |= (p->has & 1u << BERTH_HOOK_ADMIT) != 0;
        if (p->mode == BERTH_MODE_OBSERVE || !(p->has & (filter | score))) continue;
        ranking = fingerprint(p, ranking) | 1;
        policies->filters |= (p->has & filter) != 0;
        if (p->has & score) policies->scorer = p;
    }
    policies->judge.ranking = ranking;
}

static size_t find(berth_policy *const *items, size_t count, const char *name) {
    size_t i = 0;
    while (i < count && strcmp(items[i]->name, name) != 0) i++;
    return i;
}

/* Loads each into a fresh array with `spare` further places; nothing remains of a failure. */
static berth_rc read_all(berth_policies *policies, const berth_policy_source *sources,
                         size_t count, size_t spare, berth_policy ***out, berth_err *err) {
    *out = NULL;
    if (count > BERTH_POLICIES_MAX)
        return berth_fail(err, BERTH_ELIMIT, "at most %d policies can be loaded",
                          BERTH_POLICIES_MAX);
    berth_policy **items = berth_calloc(&policies->mem, count + spare, sizeof *items);
    if (items == NULL) return berth_fail_memory(err);
    berth_rc rc = BERTH_OK;
    for (size_t i = 0; rc == BERTH_OK && i < count; i++) {
        berth_sandbox_options options = policies->options;
        if (policies->prepare) policies->prepare(policies->prepare_ud, &sources[i], &options);
        rc = berth_policy_new(policies->mem, &options, &policies->places, &sources[i], &items[i],
                              err);
        if (rc == BERTH_OK && find(items, i, items[i]->name) < i) {
            rc = berth_fail(err, BERTH_EDUPLICATE, "two policies are named %s", items[i]->name);
            berth_err_text(err, "policy", items[i]->name);
        }
    }
    if (rc != BERTH_OK) {
        free_all(&policies->mem, items, count, count + spare);
        return rc;
    }
    *out = items;
    return BERTH_OK;
}

berth_rc berth_policies_load(berth_policies *policies, const berth_policy_source *sources,
                             size_t count, berth_err *err) {
    berth_policy **items;
    size_t before = policies->count, cap = before + count;
    berth_rc rc = read_all(policies, sources, count, before, &items, err);
    if (rc != BERTH_OK) return rc;
    size_t fresh = 0; /* of the new ones, those that replace nothing */
    for (size_t i = 0; i < count; i++)
        fresh += find(policies->items, before, items[i]->name) == before;
    if (before + fresh > BERTH_POLICIES_MAX) {
        free_all(&policies->mem, items, count, cap);
        return berth_fail(err, BERTH_ELIMIT, "at most %d policies can be loaded",
                          BERTH_POLICIES_MAX);
    }
    berth_policy **old = policies->items;
    size_t old_cap = policies->cap, n = before;
    memmove(items + before, items, count * sizeof *items); /* old ones first */
    if (before > 0) memcpy(items, old, before * sizeof *items);
    for (size_t i = before; i < cap; i++) {
        berth_policy *policy = items[i];
        size_t at = find(items, before, policy->name);
        if (at < before)
            berth_policy_free(items[at]);
        else
            at = n++;
        items[at] = policy;
    }
    berth_free(&policies->mem, old, old_cap * sizeof *old);
    policies->items = items;
    policies->count = n;
    policies->cap = cap;
    survey(policies);
    return BERTH_OK;
}

berth_rc berth_policies_load_set(berth_policies *policies, const berth_policy_source *sources,
                                 size_t count, berth_err *err) {
    berth_policy **items;
    berth_rc rc = read_all(policies, sources, count, 0, &items, err);
    if (rc != BERTH_OK) return rc;
    free_all(&policies->mem, policies->items, policies->count, policies->cap);
    policies->items = items;
    policies->count = policies->cap = count;
    survey(policies);
    return BERTH_OK;
}

berth_rc berth_policies_unload(berth_policies *policies, const char *name, berth_err *err) {
    size_t at = policies ? find(policies->items, policies->count, name) : 0;
    if (policies == NULL || at == policies->count) {
        (void)berth_fail(err, BERTH_ENOTFOUND, "no policy of this name is loaded");
        return BERTH_ENOTFOUND;
    }
    berth_policy_free(policies->items[at]);
    memmove(policies->items + at, policies->items + at + 1,
            (policies->count - at - 1) * sizeof *policies->items);
    policies->count--;
    survey(policies);
    return BERTH_OK;
}

/* --- telling ----------------------------------------------------------------------------- */

const berth_judge *berth_policies_judge(berth_policies *policies) {
    if (policies == NULL) return NULL;
    return policies->judge.ranking != 0 || policies->judge.has_admit ? &policies->judge : NULL;
}

bool berth_policies_has(const berth_policies *policies, berth_hook hook) {
    for (size_t i = 0; policies && i < policies->count; i++)
        if (policies->items[i]->has & 1u << hook) return true;
    return false;
}

size_t berth_policies_find(const berth_policies *policies, const char *name) {
    return policies ? find(policies->items, policies->count, name) : 0;
}

size_t berth_policies_count(const berth_policies *policies) {
    return policies ? policies->count : 0;
}

static void write_policy(const berth_policy *p, berth_data *out) {
    berth_data_table t = berth_data_open(out);
    berth_data_set_text(out, &t, "name", p->name);
    berth_data_set_text(out, &t, "version", p->version);
    berth_data_set_text(out, &t, "description", p->description);
    berth_data_set_text(out, &t, "file", p->file);
    berth_data_set_text(out, &t, "digest", p->digest);
    berth_data_set_text(out, &t, "mode", berth_policy_mode_text(p->mode));
    berth_data_set_integer(out, &t, "calls", p->calls);
    berth_data_set_integer(out, &t, "denials", p->denials);
    berth_data_set_integer(out, &t, "faults", p->faults);
    berth_data_set_integer(out, &t, "steps", p->steps);
    berth_data_set_integer(out, &t, "memory", (int64_t)p->memory);
    berth_data_key(out, &t, "hooks");
    berth_data_table hooks = berth_data_open(out);
    for (int i = 0; i < BERTH_HOOK_COUNT; i++) {
        if (!(p->has & 1u << i)) continue;
        berth_data_place(out, &hooks);
        berth_data_text(out, berth_hook_name((berth_hook)i));
    }
    berth_data_close(out, &hooks);
    berth_data_key(out, &t, "parameters");
    if (p->parameters.len > 0) {
        berth_data_append(out, &p->parameters);
    } else {
        berth_data_table none = berth_data_open(out);
        berth_data_close(out, &none);
    }
    berth_data_close(out, &t);
}

void berth_policies_write(const berth_policies *policies, berth_data *out) {
    berth_data_table all = berth_data_open(out);
    for (size_t i = 0; policies && i < policies->count; i++) {
        berth_data_place(out, &all);
        write_policy(policies->items[i], out);
    }
    berth_data_close(out, &all);
}

berth_policy_about berth_policies_about(const berth_policies *policies, size_t i) {
    const berth_policy *p = policies->items[i];
    return (berth_policy_about){p->name, p->version, p->digest, p->mode, p->has};
}

berth_policy_source berth_policies_source(const berth_policies *policies, size_t i) {
    const berth_policy *p = policies->items[i];
    return (berth_policy_source){p->file, p->text, p->len, &p->parameters, p->mode};
}

berth_decisions *berth_policies_decisions(berth_policies *policies) {
    return &policies->decisions;
}

berth_rc berth_policies_override(berth_policies *policies, const char *person, const char *reason,
                                 berth_err *err) {
    policies->person[0] = policies->reason[0] = '\0';
    if (person == NULL) return BERTH_OK;
    size_t a = strlen(person), b = reason ? strlen(reason) : 0;
    if (a == 0 || b == 0 || a >= BERTH_PERSON_BYTES || b >= BERTH_PERSON_BYTES)
        return berth_fail(err, BERTH_EINVALID,
                          "an override names a person and a reason, each of 1 to %d bytes",
                          BERTH_PERSON_BYTES - 1);
    memcpy(policies->person, person, a + 1);
    memcpy(policies->reason, reason, b + 1);
    return BERTH_OK;
}
