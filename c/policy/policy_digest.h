/* policy_digest.h - SHA-256 (FIPS 180-4), so that a policy's digest is what sha256sum says of its
 * file.  Uses nothing. */
#ifndef BERTH_POLICY_DIGEST_H
#define BERTH_POLICY_DIGEST_H

#include <stddef.h>

#define BERTH_DIGEST_TEXT 65 /* 64 hexadecimal digits and a NUL */

void berth_digest(const void *data, size_t len, char out[BERTH_DIGEST_TEXT]);

#endif
