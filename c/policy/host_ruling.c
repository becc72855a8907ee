/* host_ruling.c - what a policy's verdict comes to: its mode applied, the error filled, the
 * decision kept. */
#include <string.h>

#include "core/err.h"
#include "core/text.h"
#include "policy/host_private.h"

/* --- the error --------------------------------------------------------------------------- */

/* The name at an address that outlives every error; NULL when there are too many. */
static const char *lasting_name(berth_policies *policies, const char *name) {
    for (size_t i = 0; i < policies->nfield_names; i++)
        if (strcmp(policies->field_names[i], name) == 0) return policies->field_names[i];
    if (policies->nfield_names == BERTH_FIELD_NAMES) return NULL;
    size_t size = strlen(name) + 1;
    char *copy = berth_alloc(&policies->mem, size);
    if (copy == NULL) return NULL;
    memcpy(copy, name, size);
    policies->field_names[policies->nfield_names++] = copy;
    return copy;
}

static berth_rc deny(berth_ruling *ruling, berth_err *err) {
    const berth_denial *denial = &ruling->denial;
    if (ruling->failed) {
        if (err) *err = ruling->fault;
        return ruling->fault.rc;
    }
    (void)berth_fail(err, BERTH_EDENIED, "%s", denial->sentence);
    berth_err_text(err, "policy", ruling->policy->name);
    berth_err_text(err, "reason", denial->code);
    for (int i = 0; i < denial->nfields; i++) {
        const char *name = lasting_name(ruling->policies, denial->fields[i].name);
        if (name == NULL) continue;
        if (denial->fields[i].is_number)
            berth_err_number(err, name, denial->fields[i].number);
        else
            berth_err_text(err, name, denial->fields[i].text);
    }
    return BERTH_EDENIED;
}

/* --- the decision -------------------------------------------------------------------------- */

static const char *copy(berth_decision *d, const char *text) {
    return text ? berth_decision_text(d, text, strlen(text)) : "";
}

/* What a caller asks for may be longer than any name: the beginning is kept. */
static const char *told(berth_decision *d, const char *text) {
    char cut[1024];
    size_t end = sizeof cut - sizeof "...";
    if (text == NULL || strlen(text) <= end) return copy(d, text);
    while (end > 0 && ((unsigned char)text[end] & 0xC0) == 0x80) end--;
    memcpy(cut, text, end);
    memcpy(cut + end, "...", sizeof "...");
    berth_text_shorten(cut, false);
    return copy(d, cut);
}

static const char *name_of(berth_decision *d, const berth_state *state, berth_name_kind kind,
                           berth_ref ref) {
    return ref < 0 ? "" : copy(d, berth_state_text(state, kind, ref));
}

static void tell_call(berth_decision *d, const berth_call *call) {
    d->verb = copy(d, call->verb);
    d->user = told(d, call->user);
    d->project = told(d, call->project);
    d->target = copy(d, call->target);
    d->target_name = told(d, call->target_name);
}

static void tell_amounts(berth_decision *d, const berth_frame *frame) {
    const berth_candidate *c = frame->candidate;
    d->amounts = berth_arena_calloc(&d->arena, c->ntakes, sizeof *d->amounts);
    for (size_t i = 0; d->amounts && i < c->ntakes; i++) {
        const char *rclass = berth_state_text(frame->state, BERTH_NAME_CLASS, c->takes[i].rclass);
        size_t n = 0;
        while (n < d->namounts && strcmp(d->amounts[n].rclass, rclass) != 0) n++;
        if (n == d->namounts) d->amounts[d->namounts++].rclass = copy(d, rclass);
        d->amounts[n].amount += c->takes[i].amount;
    }
}

static void tell_claim(berth_decision *d, const berth_frame *frame) {
    const berth_state *state = frame->state;
    const berth_text consumer = frame->claim->consumer;
    const berth_consumer *holder = berth_state_consumer(
        state, berth_state_find_consumer(state, consumer.data, consumer.len));
    d->sequence = state->sequence;
    d->consumer = berth_decision_text(d, consumer.data, consumer.len);
    if (holder) {
        d->project = name_of(d, state, BERTH_NAME_PROJECT, holder->project);
        d->user = name_of(d, state, BERTH_NAME_USER, holder->user);
        d->consumer_type = name_of(d, state, BERTH_NAME_TYPE, holder->type);
    }
    tell_amounts(d, frame);
}

/* A text being put together; what does not fit is left out. */
typedef struct line {
    char text[400];
    size_t len;
} line;

static void add(line *l, const char *text) {
    size_t len = strlen(text);
    if (len > sizeof l->text - l->len) return;
    memcpy(l->text + l->len, text, len);
    l->len += len;
}

static const char *value_of(const berth_input *input, const berth_state *state, int key) {
    const berth_provider *p;
    switch (key) {
    case 0:
        return berth_state_text(state, BERTH_NAME_CLASS, input->rclass);
    case 1:
        return berth_state_text(state, BERTH_NAME_PROJECT, input->by.project);
    case 2:
        return berth_state_text(state, BERTH_NAME_USER, input->by.user);
    case 3:
        return input->by.type < 0 ? "" : berth_state_text(state, BERTH_NAME_TYPE, input->by.type);
    case 6:
        return berth_state_text(state, BERTH_NAME_AGGREGATE, input->at.ref);
    default:
        p = berth_state_provider(state, input->at.ref);
        return p ? p->uuid : "";
    }
}

static void tell_input(berth_decision *d, const berth_state *state, const berth_input *input) {
    static const char *const keys[] = {
#define X(name, usage, consumers, capacity, about) #name "=",
        BERTH_QUERY_KEYS(X)
#undef X
    };
    line l = {.len = 0};
    bool first = true;
    add(&l, input->what);
    add(&l, "{");
    for (int key = 0; key < (int)(sizeof keys / sizeof *keys); key++) {
        if (!(input->given & 1u << key)) continue;
        if (!first) add(&l, ", ");
        first = false;
        add(&l, keys[key]);
        add(&l, value_of(input, state, key));
    }
    add(&l, "}");
    d->inputs[d->ninputs++] =
        (berth_decision_input){berth_decision_text(d, l.text, l.len), input->answer};
}

static void tell_inputs(berth_decision *d, const berth_frame *frame) {
    size_t kept = frame->ninputs < BERTH_INPUTS ? frame->ninputs : BERTH_INPUTS;
    d->asked = frame->ninputs;
    d->inputs = berth_arena_calloc(&d->arena, kept, sizeof *d->inputs);
    for (size_t i = 0; d->inputs && i < kept; i++)
        tell_input(d, frame->state, &frame->inputs[i]);
}

static void tell_denial(berth_decision *d, const berth_ruling *ruling) {
    const berth_denial *denial = &ruling->denial;
    if (ruling->failed) {
        d->code = berth_rc_code(ruling->fault.rc);
        d->message = copy(d, ruling->fault.message);
        return;
    }
    d->code = copy(d, denial->code);
    d->message = copy(d, denial->sentence);
    d->nfields = denial->nfields;
    for (int i = 0; i < denial->nfields; i++) {
        d->fields[i].name = copy(d, denial->fields[i].name);
        d->fields[i].number = denial->fields[i].number;
        d->fields[i].text = denial->fields[i].is_number ? NULL : copy(d, denial->fields[i].text);
    }
}

static void keep(berth_ruling *ruling, berth_decided decided) {
    berth_policies *policies = ruling->policies;
    const berth_policy *policy = ruling->policy;
    berth_decision *d = berth_decisions_next(&policies->decisions);
    if (d == NULL) return;
    d->hook = berth_hook_name(ruling->hook);
    d->policy = copy(d, policy->name);
    d->version = copy(d, policy->version);
    d->digest = copy(d, policy->digest);
    d->mode = berth_policy_mode_text(policy->mode);
    d->decided = decided;
    d->steps = ruling->outcome.steps;
    d->memory = (int64_t)ruling->outcome.memory;
    if (policy->notes_len > 0) d->notes = berth_decision_text(d, policy->notes, policy->notes_len);
    if (policy->frame.call)
        tell_call(d, policy->frame.call);
    else
        tell_claim(d, &policy->frame);
    if (policy->frame.state) tell_inputs(d, &policy->frame);
    if (!ruling->allow) tell_denial(d, ruling);
    if (decided == BERTH_DECIDED_OVERRIDDEN) {
        d->person = copy(d, policies->person);
        d->reason = copy(d, policies->reason);
    }
    berth_decisions_done(&policies->decisions, d);
}

berth_rc berth_ruling_apply(berth_ruling *ruling, berth_err *err) {
    berth_decided decided = BERTH_DECIDED_ALLOWED;
    if (ruling->failed && ruling->fault.rc == BERTH_ENOMEM) { /* no fault of the policy's */
        if (err) *err = ruling->fault;
        return BERTH_ENOMEM;
    }
    if (!ruling->allow) {
        berth_policy_mode mode = ruling->policy->mode;
        decided = BERTH_DECIDED_DENIED;
        if (mode == BERTH_MODE_OBSERVE) decided = BERTH_DECIDED_OBSERVED;
        if (mode == BERTH_MODE_OVERRIDE && ruling->policies->person[0] != '\0')
            decided = BERTH_DECIDED_OVERRIDDEN;
    }
    keep(ruling, decided);
    return decided == BERTH_DECIDED_DENIED ? deny(ruling, err) : BERTH_OK;
}
