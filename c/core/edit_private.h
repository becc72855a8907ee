/* edit_private.h - small steps that the verbs of edit.h share. */
#ifndef BERTH_CORE_EDIT_PRIVATE_H
#define BERTH_CORE_EDIT_PRIVATE_H

#include "core/edit.h"
#include "core/err.h"

/* A NUL-terminated copy from the state's memory; NULL without memory. */
char *berth_edit_copy(const berth_txn *txn, berth_text text);

/* The name's ref, made when it is new.  Errors: BERTH_ENOMEM. */
berth_rc berth_edit_intern(berth_txn *txn, berth_name_kind kind, berth_text text, berth_ref *out,
                           berth_err *err);

/* The provider as a row, texts shared with the state. */
berth_provider_row berth_edit_row(const berth_provider *provider);
berth_rc berth_edit_bump(berth_txn *txn, berth_ref provider, berth_err *err);

/* BERTH_ECONFLICT with want and have, unless expected is BERTH_ANY_GENERATION. */
berth_rc berth_edit_expect(const berth_provider *provider, int64_t expected, berth_err *err);

/* One inventory, trait or aggregate link appears, changes or goes. */
berth_rc berth_edit_inventory(berth_txn *txn, berth_ref provider, berth_ref rclass,
                              const berth_inventory *after, berth_err *err);
berth_rc berth_edit_link(berth_txn *txn, berth_change_kind kind, berth_ref provider,
                         berth_ref name, bool has, berth_err *err);

/* Checks every inventory of the list and that no class comes twice. */
berth_rc berth_edit_check_inventories(const berth_state *state, const berth_inventory_spec *specs,
                                      size_t count, berth_err *err);

/* 1 .. 255 bytes of UTF-8 without NUL; `what` names the field in the message. */
berth_rc berth_edit_check_text(berth_text text, const char *what, berth_err *err);

#endif
