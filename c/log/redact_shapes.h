/* redact_shapes.h - tokens that are known by their shape, as data.
 *
 * rule, literal that the prefilter looks for (\2 a hexadecimal digit, \3 a digit), how many
 * characters of the token may stand before the literal (negative: digits only), pattern from the
 * token's beginning (its group 1, when there is one, is what is masked), what of a sample stays
 * before the token, a token made up for the tests.  Samples are written in pieces so that scanners
 * of source code do not take them for leaks. */
#ifndef BERTH_LOG_REDACT_SHAPES_H
#define BERTH_LOG_REDACT_SHAPES_H

#define W16 "a1B2c3D4e5F6g7H8"
#define W32 W16 "i9J0k1L2m3N4o5P6"
#define H16 "0a1b2c3d4e5f6071"
#define H32 H16 "8293a4b5c6d7e8f9"
#define RSA_BODY "MII[CEJ][A-Za-z0-9+/]{1,3}(?:IBAAK|IBADAN)[A-Za-z0-9+/=]{30,}+"
#define DISCORD "[MNO][A-Za-z0-9_-]{21,27}\\.[A-Za-z0-9_-]{6}\\.[A-Za-z0-9_-]{27,40}"

/* A uuid that follows the word token soon after the service's name. */
#define UUID_TOKEN(name)                                                                           \
    name "[^\\n]{0,30}?token[ :=]{1,3}"                                                            \
         "([0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12})"

/* A subprotocol that no program is called, but that a browser tells a secret in. */
#define SUBPROTOCOL(name)                                                                          \
    name ": (?:[\\w.-]+, ?)*+(?=[\\w+/-]*[a-z])(?=[\\w+/-]*[A-Z])(?=[\\w+/-]*\\d)"                 \
         "([\\w+/-]{20,}+={0,2})(?![\\w.])"

/* What stands in marks, which may not close. */
#define IN_MARKS "(?=[^\"\\n]*\\d)([^\"\\n]++(?=\")|[^\\s\"]+)"

/* clouds and hosting */
#define BERTH_SHAPES_CLOUD(X)                                                                      \
    X("aws-access-key-id", "AKIA", 0,                                                              \
      "AKIA[A-Z0-9]{16}(?![A-Za-z0-9])", "", "AKI" "AQZ7YH2LMNOPQRSTU")                            \
    X("aws-session-key-id", "ASIA", 0,                                                             \
      "ASIA[A-Z0-9]{16}(?![A-Za-z0-9])", "", "ASI" "AQZ7YH2LMNOPQRSTU")                            \
    X("aws-bearer-key-id", "ABIA", 0,                                                              \
      "ABIA[A-Z0-9]{16}(?![A-Za-z0-9])", "", "ABI" "AQZ7YH2LMNOPQRSTU")                            \
    X("aws-older-key-id", "A3T", 0,                                                                \
      "A3T[A-Z0-9]{17}(?![A-Za-z0-9])", "", "A3" "TXQZ7YH2LMNOPQRSTU")                             \
    X("aws-session-token", "IQoJb3Jp", 0,                                                          \
      "IQoJb3Jp[A-Za-z0-9+/=%]{40,}+", "", "IQoJ" "b3JpZ2lu" W32 W16)                              \
    X("aws-session-token-v1", "FwoGZXIv", 0,                                                       \
      "FwoGZXIv[A-Za-z0-9+/=%]{40,}+", "", "FwoG" "ZXIvYXdz" W32 W16)                              \
    X("aws-mws-key", "amzn.mws", 0,                                                                \
      "amzn\\.mws\\.[0-9a-f-]{36}", "", "amzn." "mws.4ea38b7b-f563-7709-4bae-12345678abcd")        \
    X("aws-bedrock-key", "ABSK", 0, "ABSK[A-Za-z0-9+/]{40,}+=*", "", "ABS" "K" W32 W16)            \
    X("gcp-api-key", "AIza", 0, "AIza[A-Za-z0-9_-]{35}", "", "AIz" "aSyB" W16 W16)                 \
    X("gcp-oauth-token", "ya29.", 0, "ya29\\.[A-Za-z0-9_.-]{20,}+", "", "ya2" "9.a0AfH6" W32)      \
    X("gcp-client-secret", "GOCSPX-", 0,                                                           \
      "GOCSPX-[A-Za-z0-9_-]{20,}+", "", "GOCS" "PX-" W16 "abcdEFGH1234")                           \
    X("gcp-refresh-token", "1//0", 0, "1//0[A-Za-z0-9_-]{30,}+", "", "1//" "0g" W32)               \
    X("azure-client-secret", "\3Q~", 3,                                                            \
      "[A-Za-z0-9_.~-]{3}\\dQ~[A-Za-z0-9_.~-]{31,34}", "", "abc8" "Q~" W32)                        \
    X("azure-sas-signature", "sig=", 0,                                                            \
      "sig=([A-Za-z0-9%+/]{40,}+(?:%3D|=)*)", "sig=", W32 W16 "%3D")                               \
    X("azure-devops-token", "AZDO", 80,                                                            \
      "[A-Za-z0-9]{76}AZDO[A-Za-z0-9]{4}", "", W32 W32 "abcdEFGH1234" "AZ" "DOa1B2")               \
    X("digitalocean-oauth-token", "doo_v1_", 0,                                                    \
      "doo_v1_[a-f0-9]{40,}+", "", "do" "o_v1_" H32 H32)                                           \
    X("digitalocean-access-token", "dop_v1_", 0,                                                   \
      "dop_v1_[a-f0-9]{40,}+", "", "do" "p_v1_" H32 H32)                                           \
    X("digitalocean-refresh-token", "dor_v1_", 0,                                                  \
      "dor_v1_[a-f0-9]{40,}+", "", "do" "r_v1_" H32 H32)                                           \
    X("heroku-token", "HRKU-", 0, "HRKU-[A-Za-z0-9_-]{30,}+", "", "HRK" "U-AA" W32)                \
    X("fly-token", "fm2_", 0, "fm2_[A-Za-z0-9+/=_-]{40,}+", "", "fm2" "_lJPE" W32 W16)             \
    X("netlify-token", "nfp_", 0, "nfp_[A-Za-z0-9]{30,}+", "", "nf" "p_" W32 W16)                  \
    X("alibaba-key-id", "LTAI", 0, "LTAI[A-Za-z0-9]{12,26}(?![A-Za-z0-9])", "", "LTA" "I5t" W16)   \
    X("tencent-key-id", "AKID", 0, "AKID[A-Za-z0-9]{32}(?![A-Za-z0-9])", "", "AKI" "D" W32)        \
    X("cloudflare-origin-key", "v1.0-", 0,                                                         \
      "v1\\.0-[a-f0-9]{24}-[a-f0-9]{100,}+", "", "v1." "0-" H16 "0a1b2c3d-" H32 H32 H32 H16)       \
    X("planetscale-token", "pscale_", 0,                                                           \
      "pscale_(?:tkn|pw|oauth)_[A-Za-z0-9_.=-]{30,}+", "", "psca" "le_tkn_" W32)                   \
    X("supabase-token", "sbp_", 0, "sbp_[a-f0-9]{40,}+", "", "sb" "p_" H32 H16)                    \
    X("databricks-token", "dapi", 0, "dapi[a-f0-9]{32}(?:-\\d)?", "", "dap" "i" H32)               \
    X("tailscale-key", "tskey-", 0,                                                                \
      "tskey-[a-z]+-[A-Za-z0-9-]{16,}+", "", "tske" "y-auth-" W16 "-" W16)                         \
    X("k3s-token", "K10\2", 0,                                                                     \
      "K10[a-f0-9]{64}::[A-Za-z0-9.:_-]{16,}+", "", "K1" "0" H32 H32 "::server:" H32)              \
    X("swarm-token", "SWMTKN-1", 0,                                                                \
      "SWMTKN-1-[a-z0-9]{40,}+-[a-z0-9]{20,}+", "", "SWMT" "KN-1-" H32 H16 "-" H32)                \
    X("kubernetes-subprotocol", "bearer.a", 0,                                                     \
      "bearer\\.authorization\\.k8s\\.io\\.([A-Za-z0-9_-]{8,}+)",                                \
      "bearer.authorization.k8s.io.", W32)                                                         \
    X("websocket-subprotocol", "Sec-WebS", 0, SUBPROTOCOL("Sec-WebSocket-Protocol"),               \
      "Sec-WebSocket-Protocol: chat, ", W32 "==")                                                  \
    X("websocket-subprotocol-2", "sec-webs", 0, SUBPROTOCOL("sec-websocket-protocol"),             \
      "sec-websocket-protocol: ", W32)                                                             \
    X("pulumi-token", "pul-", 0, "pul-[a-f0-9]{40}", "", "pu" "l-" H32 "0a1b2c3d")                 \
    X("terraform-token", ".atlasv1", 20,                                                           \
      "[A-Za-z0-9]{14}\\.atlasv1\\.[A-Za-z0-9_=-]{60,}+",                                          \
      "", "a1B2c3D4e5F6g7" ".atl" "asv1." W32 W32)

/* code, packages, builds */
#define BERTH_SHAPES_CODE(X)                                                                       \
    X("github-token", "ghp_", 0, "ghp_[A-Za-z0-9]{30,}+", "", "gh" "p_" W32 "abcd")                \
    X("github-oauth-token", "gho_", 0, "gho_[A-Za-z0-9]{30,}+", "", "gh" "o_" W32 "abcd")          \
    X("github-user-token", "ghu_", 0, "ghu_[A-Za-z0-9]{30,}+", "", "gh" "u_" W32 "abcd")           \
    X("github-server-token", "ghs_", 0, "ghs_[A-Za-z0-9._-]{30,}+", "", "gh" "s_" W32 "abcd")      \
    X("github-refresh-token", "ghr_", 0, "ghr_[A-Za-z0-9]{30,}+", "", "gh" "r_" W32 "abcd")        \
    X("github-fine-token", "github_p", 0,                                                          \
      "github_pat_[A-Za-z0-9_]{40,}+", "", "gith" "ub_pat_" W32 W32)                               \
    X("gitlab-token", "glpat-", 0, "glpat-[A-Za-z0-9_.-]{20,}+", "", "glp" "at-" W16 "abcd")       \
    X("gitlab-deploy-token", "gldt-", 0, "gldt-[A-Za-z0-9_-]{20,}+", "", "gld" "t-" W16 "abcd")    \
    X("gitlab-runner-token", "glrt-", 0, "glrt-[A-Za-z0-9_.-]{20,}+", "", "glr" "t-" W16 "abcd")   \
    X("gitlab-trigger-token", "glptt-", 0, "glptt-[A-Za-z0-9_-]{20,}+", "", "glp" "tt-" H32)       \
    X("gitlab-feed-token", "glft-", 0, "glft-[A-Za-z0-9_-]{20,}+", "", "glf" "t-" W16 "abcd")      \
    X("gitlab-oauth-secret", "gloas-", 0, "gloas-[A-Za-z0-9_-]{20,}+", "", "glo" "as-" W32)        \
    X("gitlab-agent-token", "glagent-", 0, "glagent-[A-Za-z0-9_-]{20,}+", "", "glag" "ent-" W32)   \
    X("gitlab-job-token", "glcbt-", 0,                                                             \
      "glcbt-[A-Za-z0-9_-]{20,}+", "", "glc" "bt-64_" W16 "abcd")                                  \
    X("gitlab-runner-registration", "GR134894", 0,                                                 \
      "GR1348941[A-Za-z0-9_-]{20,}+", "", "GR13" "48941" W16 "abcd")                               \
    X("bitbucket-token", "ATBB", 0, "ATBB[A-Za-z0-9]{24,}+", "", "ATB" "B" W32)                    \
    X("atlassian-token", "ATATT3", 0,                                                              \
      "ATATT3[A-Za-z0-9_=-]{50,}+", "", "ATA" "TT3xFfGF0" W32 W32)                                 \
    X("npm-token", "npm_", 0, "npm_[A-Za-z0-9]{30,}+", "", "np" "m_" W32 "abcd")                   \
    X("pypi-token", "pypi-", 0,                                                                    \
      "pypi-[A-Za-z0-9_-]{50,}+", "", "pyp" "i-AgEIcHlwaS5vcmc" W32 W32)                           \
    X("rubygems-key", "rubygems", 0, "rubygems_[a-f0-9]{40,}+", "", "rub" "ygems_" H32 H16)        \
    X("docker-token", "dckr_pat", 0,                                                               \
      "dckr_pat_[A-Za-z0-9_-]{20,}+", "", "dck" "r_pat_" W16 "abcdEFGH123")                        \
    X("crates-token", "cio", 0, "cio[A-Za-z0-9]{32}(?![A-Za-z0-9])", "", "ci" "o" W32)             \
    X("nuget-key", "oy2", 0, "oy2[a-z0-9]{43}(?![A-Za-z0-9])", "", "oy" "2" H32 "0a1b2c3d4e5")     \
    X("artifactory-key", "AKCp", 0, "AKCp[A-Za-z0-9]{60,}+", "", "AKC" "p8" W32 W32)               \
    X("artifactory-reference", "cmVmdGtu", 0,                                                      \
      "cmVmdGtu[A-Za-z0-9+/=]{40,}+", "", "cmVm" "dGtuOjAx" W32 W16)                               \
    X("sonar-token", "squ_", 0, "squ_[a-f0-9]{40}", "", "sq" "u_" H32 "0a1b2c3d")                  \
    X("sonar-project-token", "sqp_", 0, "sqp_[a-f0-9]{40}", "", "sq" "p_" H32 "0a1b2c3d")          \
    X("figma-token", "figd_", 0, "figd_[A-Za-z0-9_-]{30,}+", "", "fig" "d_" W32)                   \
    X("linear-key", "lin_api_", 0, "lin_api_[A-Za-z0-9]{32,}+", "", "lin" "_api_" W32 "abcdEFGH")  \
    X("postman-key", "PMAK-", 0,                                                                   \
      "PMAK-[a-f0-9]{24}-[a-f0-9]{34}", "", "PMA" "K-" H16 "0a1b2c3d-" H32 "0a")                   \
    X("doppler-token", "dp.pt.", 0,                                                                \
      "dp\\.pt\\.[A-Za-z0-9]{40,}+", "", "dp." "pt." W32 "abcdEFGH123")                            \
    X("vault-token", "hvs.", 0, "hv[sbr]\\.[A-Za-z0-9_-]{20,}+", "", "hv" "s." W32)                \
    X("vault-batch-token", "hvb.", 0, "hvb\\.[A-Za-z0-9_-]{20,}+", "", "hv" "b." W32)              \
    X("vault-recovery-token", "hvr.", 0, "hvr\\.[A-Za-z0-9_-]{20,}+", "", "hv" "r." W32)           \
    X("age-key", "AGE-SECR", 0,                                                                    \
      "AGE-SECRET-KEY-1[A-Z0-9]{40,}+",                                                            \
      "", "AGE-" "SECRET-KEY-1QQPZRY9X8GF2TVDW0S3JN54KHCE6MUA7LQQPZRY9X8GF2TVDW0S3J")              \
    X("nostr-key", "nsec1", 0, "nsec1[02-9ac-hj-np-z]{58}",                                        \
      "", "nsec" "1qqpzry9x8gf2tvdw0s3jn54khce6mua7lqqpzry9x8gf2tvdw0s3jn54kh")                     \
    X("onepassword-token", "ops_eyJ", 0,                                                           \
      "ops_eyJ[A-Za-z0-9+/=_-]{60,}+", "", "ops" "_eyJ" W32 W32)

/* messages, payments, models, others */
#define BERTH_SHAPES_SERVICE(X)                                                                    \
    X("slack-token", "xox", 0, "xox[a-z]-[A-Za-z0-9-]{10,}+", "", "xox" "b-123456789012-" W16)     \
    X("slack-app-token", "xapp-", 0,                                                               \
      "xapp-\\d-[A-Za-z0-9-]{20,}+", "", "xap" "p-1-A0123-456789-" H32)                            \
    X("slack-config-token", "xoxe.xox", 0,                                                         \
      "xoxe\\.xox[bp]-[A-Za-z0-9-]{20,}+", "", "xox" "e.xoxp-1-" W32)                              \
    X("slack-webhook", "hooks.slack", 0,                                                           \
      "hooks\\.slack\\.com/(?:services|workflows|triggers)/([A-Za-z0-9/_+-]{20,}+)",               \
      "hooks.slack.com/services/", "T0A1B2C3D/B0A1B2C3D/" W16 "abcdEFGH")                          \
    X("discord-webhook", "/api/web", 0,                                                            \
      "/api/webhooks/\\d{15,24}/([A-Za-z0-9_-]{30,}+)",                                            \
      "/api/webhooks/123456789012345678/", W32 W32)                                                \
    X("teams-webhook", "/webhookb2", 0,                                                            \
      "/webhookb2/([A-Za-z0-9@/_-]{30,}+)", "/webhookb2/", H32 "@" H32 "/Incoming")                \
    X("telegram-token", ":AA", -10,                                                                \
      "\\d{8,10}:AA[A-Za-z0-9_-]{32,34}", "", "123456789" ":AA" "E" W32)                           \
    X("discord-token", "MTA", 0, DISCORD, "", "MT" "A1B2c3D4e5F6g7H8i9J0k1.GaBcDe." W32)           \
    X("discord-token-11", "MTE", 0, DISCORD, "", "MT" "E1B2c3D4e5F6g7H8i9J0k1.GaBcDe." W32)        \
    X("discord-token-12", "MTI", 0, DISCORD, "", "MT" "I1B2c3D4e5F6g7H8i9J0k1.GaBcDe." W32)        \
    X("discord-token-13", "MTM", 0, DISCORD, "", "MT" "M1B2c3D4e5F6g7H8i9J0k1.GaBcDe." W32)        \
    X("discord-token-14", "MTQ", 0, DISCORD, "", "MT" "Q1B2c3D4e5F6g7H8i9J0k1.GaBcDe." W32)        \
    X("discord-named-token", "discord", 0, "discord[^\\n]{0,80}?\\b(" DISCORD ")",                 \
      "discord: ", "N" "jA1B2c3D4e5F6g7H8i9J0k1.GaBcDe." W32)                                      \
    X("discord-titled-token", "Discord", 0, "Discord[^\\n]{0,80}?\\b(" DISCORD ")",                \
      "Discord: ", "N" "jA1B2c3D4e5F6g7H8i9J0k1.GaBcDe." W32)                                      \
    X("stripe-key", "sk_live_", 0, "sk_live_[A-Za-z0-9]{16,}+", "", "sk_" "live_" W16 "abcdEFGH")  \
    X("stripe-test-key", "sk_test_", 0,                                                            \
      "sk_test_[A-Za-z0-9]{16,}+", "", "sk_" "test_" W16 "abcdEFGH")                               \
    X("stripe-restricted-key", "rk_live_", 0,                                                      \
      "rk_live_[A-Za-z0-9]{16,}+", "", "rk_" "live_" W16 "abcdEFGH")                               \
    X("stripe-restricted-test-key", "rk_test_", 0,                                                 \
      "rk_test_[A-Za-z0-9]{16,}+", "", "rk_" "test_" W16 "abcdEFGH")                               \
    X("stripe-webhook-secret", "whsec_", 0, "whsec_[A-Za-z0-9+/=]{24,}+", "", "whs" "ec_" W32)     \
    X("square-token", "sq0", 0, "sq0[a-z]{3}-[A-Za-z0-9_-]{22,}+", "", "sq" "0atp-" W16 "abcdEF")  \
    X("square-access-token", "EAAA", 0,                                                            \
      "EAAA[A-Za-z0-9_-]{58,62}(?![A-Za-z0-9])",                                                   \
      "", "EAA" "A" W32 "a1B2c3D4e5F6g7H8i9J0k1L2m3N4")                                            \
    X("facebook-token", "EAA", 0, "EAA(?:[A-Z][A-Za-z0-9]{44,}+|[A-Za-z0-9]{80,}+)",               \
      "", "EA" "Ah" W32 W32 W32)                                                                   \
    X("razorpay-key", "rzp_", 0,                                                                   \
      "rzp_(?:live|test)_[A-Za-z0-9]{14,}+", "", "rz" "p_live_a1B2c3D4e5F6g7")                     \
    X("paypal-token", "access_t", 0,                                                               \
      "access_token\\$(?:production|sandbox)\\$[a-z0-9]{16}\\$[a-f0-9]{32}",                       \
      "", "acces" "s_token$production$" H16 "$" H32)                                               \
    X("shopify-token", "shpat_", 0, "shpat_[a-fA-F0-9]{32}", "", "shp" "at_" H32)                  \
    X("shopify-custom-token", "shpca_", 0, "shpca_[a-fA-F0-9]{32}", "", "shp" "ca_" H32)           \
    X("shopify-private-token", "shppa_", 0, "shppa_[a-fA-F0-9]{32}", "", "shp" "pa_" H32)          \
    X("shopify-secret", "shpss_", 0, "shpss_[a-fA-F0-9]{32}", "", "shp" "ss_" H32)                 \
    X("twilio-key", "SK\2\2", 0, "SK[0-9a-f]{32}(?![A-Za-z0-9])", "", "S" "K" H32)         \
    X("sendgrid-key", "SG.", 0,                                                                    \
      "SG\\.[A-Za-z0-9_-]{16,32}\\.[A-Za-z0-9_-]{16,64}",                                          \
      "", "SG" "." W16 "abcdEF." W32 "abcdEFGH123")                                                \
    X("mailgun-key", "key-", 0, "key-[0-9a-f]{32}(?![A-Za-z0-9])", "", "ke" "y-" H32)              \
    X("mailchimp-key", "-us\3", 32, "[0-9a-f]{32}-us\\d{1,2}(?!\\d)", "", H32 "-us" "12")          \
    X("sendinblue-key", "xkeysib-", 0,                                                             \
      "xkeysib-[a-f0-9]{64}-[A-Za-z0-9]{16}", "", "xke" "ysib-" H32 H32 "-" W16)                   \
    X("airtable-token", "pat", 0,                                                                  \
      "pat[A-Za-z0-9]{14}\\.[a-f0-9]{64}", "", "pa" "ta1B2c3D4e5F6g7." H32 H32)                    \
    X("notion-token", "ntn_", 0, "ntn_[A-Za-z0-9]{40,}+", "", "nt" "n_" W32 W16)                   \
    X("notion-secret", "secret_", 0,                                                               \
      "secret_[A-Za-z0-9]{43}(?![A-Za-z0-9])", "", "sec" "ret_" W32 "a1B2c3D4e5F")                 \
    X("openai-key", "sk-", 0,                                                                      \
      "sk-(?:proj-|svcacct-|admin-|None-|ant-|or-v1-)?[A-Za-z0-9_-]{32,}+",                        \
      "", "sk" "-proj-" W32 W16)                                                                   \
    X("huggingface-token", "hf_", 0, "hf_[A-Za-z0-9]{30,}+", "", "h" "f_" W32 "ab")                \
    X("replicate-token", "r8_", 0, "r8_[A-Za-z0-9]{37,}+", "", "r" "8_" W32 "abcde")               \
    X("groq-key", "gsk_", 0, "gsk_[A-Za-z0-9]{40,}+", "", "gs" "k_" W32 W16)                       \
    X("xai-key", "xai-", 0, "xai-[A-Za-z0-9]{60,}+", "", "xa" "i-" W32 W32)                        \
    X("perplexity-key", "pplx-", 0, "pplx-[A-Za-z0-9]{40,}+", "", "ppl" "x-" W32 W16)              \
    X("newrelic-key", "NRAK-", 0, "NRAK-[A-Z0-9]{27}", "", "NRA" "K-A1B2C3D4E5F6G7H8I9J0K1L2M3N")  \
    X("newrelic-browser-key", "NRJS-", 0, "NRJS-[a-f0-9]{19}", "", "NRJ" "S-" H16 "0a1")           \
    X("grafana-token", "glsa_", 0,                                                                 \
      "glsa_[A-Za-z0-9]{32}_[A-Fa-f0-9]{8}", "", "gls" "a_" W32 "_0a1b2c3d")                       \
    X("grafana-cloud-token", "glc_", 0, "glc_[A-Za-z0-9+/=]{32,}+", "", "gl" "c_ey" W32)           \
    X("sentry-token", "sntrys_", 0, "sntrys_[A-Za-z0-9+/=_-]{40,}+", "", "snt" "rys_ey" W32 W16)   \
    X("sentry-user-token", "sntryu_", 0, "sntryu_[a-f0-9]{64}", "", "snt" "ryu_" H32 H32)          \
    X("dynatrace-token", "dt0c01.", 0,                                                             \
      "dt0c01\\.[A-Z0-9]{24}\\.[A-Z0-9]{64}",                                                      \
      "", "dt0"                                                                                    \
      "c01.A1B2C3D4E5F6G7H8I9J0K1L2.A1B2C3D4E5F6G7H8I9J0K1L2M3N4O5P6A1B2C3D4E5F6G7H8I9"            \
      "J0K1L2M3N4O5P6")                                                                            \
    X("contentful-token", "CFPAT-", 0, "CFPAT-[A-Za-z0-9_-]{40,}+", "", "CFP" "AT-" W32 W16)       \
    X("typeform-token", "tfp_", 0, "tfp_[A-Za-z0-9_.-]{40,}+", "", "tf" "p_" W32 W16)              \
    X("mapbox-secret", "sk.eyJ", 0, "sk\\.eyJ[A-Za-z0-9_.-]{40,}+", "", "sk." "eyJ" W32 W16)       \
    X("easypost-key", "EZAK", 0, "EZ[AT]K[A-Za-z0-9]{54}", "", "EZA" "K" W32 W16 "abcdEF")         \
    X("onepassword-secret-key", "A3-", 0,                                                          \
      "A3-[A-Z0-9]{6}-[A-Z0-9]{6,11}-(?:[A-Z0-9]{5}-){2,3}[A-Z0-9]{5}",                            \
      "", "A3-" "ASWWYB-798JRYLJVD4-23DC2-86TVM-H43EB")                                            \
    X("elevenlabs-key", "sk_", 0, "sk_(?:[a-f0-9]{48}|[A-Za-z0-9]{40})(?![A-Za-z0-9])",            \
      "", "sk" "_" H32 H16)                                                                        \
    X("newrelic-license-key", "NRAL", 36, "[0-9a-f]{36}NRAL", "", H32 "0a1b" "NRAL")               \
    X("chap-secret", "CHAP", 0,                                                                    \
      "CHAP (?!auth|user|for|from|on|to|is|with|fail|login|session|target|secret|response|chall)"  \
      "[\\w.@-]{1,64} ((?=[^\\s'\"]*\\d)(?=[^\\s'\"]*[A-Za-z])[^\\s'\",;]{7,})",                   \
      "CHAP ann ", W16)                                                                            \
    X("twitch-token", "oauth:", 0, "oauth:([a-z0-9]{30})(?![A-Za-z0-9_-])",                        \
      "oauth:", H16 "0a1b2c3d4e5f60")                                                              \
    X("zapier-webhook", "hooks/ca", 0, "hooks/catch/\\d+/([A-Za-z0-9]{6,}+)",                      \
      "hooks/catch/1234567/", "a1B2c3D")                                                           \
    X("ifttt-webhook", "with/key", 0, "with/key/([A-Za-z0-9_-]{20,}+)",                            \
      "with/key/", W16 "abcdEF")                                                                   \
    X("clickhouse-key", "4b1d", 0, "4b1d[A-Za-z0-9]{38}(?![A-Za-z0-9])", "",                       \
      "4b" "1d" W32 "abcdEF")                                                                      \
    X("okta-token", "okta", 0, "okta[^\\n]{0,40}?\\b(00[A-Za-z0-9_-]{40})(?![A-Za-z0-9])",         \
      "okta api: ", "00" W32 "abcdEFGH")                                                           \
    X("snyk-token", "snyk", 0, UUID_TOKEN("snyk"),                                                 \
      "snyk token ", "1562c2a8-" "aea6-4434-b4b3-93f1deb8207a")                                    \
    X("codecov-token", "codecov", 0, UUID_TOKEN("codecov"),                                        \
      "codecov token: ", "1562c2a8-" "aea6-4434-b4b3-93f1deb8207a")                                \
    X("consul-token", "consul", 0, UUID_TOKEN("consul"),                                           \
      "consul acl token ", "1562c2a8-" "aea6-4434-b4b3-93f1deb8207a")                              \
    X("launchdarkly-key", "sdk-", 0,                                                               \
      "sdk-[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}",                          \
      "", "sdk-" "1562c2a8-aea6-4434-b4b3-93f1deb8207a")                                           \
    X("heroku-key", "heroku", 0,                                                                   \
      "heroku[^\\n]{0,40}?([0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12})",         \
      "heroku api key: ", "1562c2a8-" "aea6-4434-b4b3-93f1deb8207a")                               \
    X("dropbox-token", "sl.", 0, "sl\\.[A-Za-z0-9_-]{100,}+", "", "sl" "." W32 W32 W32 W16)

/* A prefix and then so many characters or more. */
#define PREFIXED(X, name, literal, least)                                                          \
    X(name, literal, 0, literal "[A-Za-z0-9_.=-]{" #least ",}+", "", literal W32 W32 W32)

#define BERTH_SHAPES_PREFIXED(X)                                                                   \
    PREFIXED(X, "clojars-token", "CLOJARS_", 60)                                                   \
    PREFIXED(X, "fly-org-token", "fo1_", 40)                                                       \
    PREFIXED(X, "fly-machine-token", "fm1r_", 40)                                                  \
    PREFIXED(X, "fly-access-token", "fm1a_", 40)                                                   \
    PREFIXED(X, "prefect-key", "pnu_", 30)                                                         \
    PREFIXED(X, "readme-key", "rdme_", 60)                                                         \
    PREFIXED(X, "swift-token", "AUTH_tk", 30)                                                      \
    PREFIXED(X, "adobe-client-secret", "p8e-", 30)                                                 \
    PREFIXED(X, "duffel-token", "duffel_", 30)                                                     \
    PREFIXED(X, "frameio-token", "fio-u-", 40)                                                     \
    PREFIXED(X, "gitlab-mail-token", "glimt-", 20)                                                 \
    PREFIXED(X, "gitlab-feature-token", "glffct-", 20)                                             \
    PREFIXED(X, "gitlab-scim-token", "glsoat-", 20)                                                \
    PREFIXED(X, "infracost-key", "ico-", 30)                                                       \
    PREFIXED(X, "octopus-key", "API-", 26)                                                         \
    PREFIXED(X, "openshift-token", "sha256~", 40)                                                  \
    PREFIXED(X, "plaid-token", "access-sandbox-", 30)                                              \
    PREFIXED(X, "plaid-production-token", "access-production-", 30)                                \
    PREFIXED(X, "huggingface-org-token", "api_org_", 30)                                           \
    PREFIXED(X, "scalingo-token", "tk-us-", 40)                                                    \
    PREFIXED(X, "settlemint-token", "sm_pat_", 16)                                                 \
    PREFIXED(X, "shippo-token", "shippo_", 40)                                                     \
    PREFIXED(X, "sonar-analysis-token", "sqa_", 40)                                                \
    PREFIXED(X, "sourcegraph-token", "sgp_", 40)                                                   \
    PREFIXED(X, "stripe-production-key", "sk_prod_", 16)                                           \
    PREFIXED(X, "yandex-key", "AQVN", 35)                                                          \
    PREFIXED(X, "yandex-oauth-token", "y0_", 40)                                                   \
    PREFIXED(X, "buildkite-token", "bkua_", 30)                                                    \
    PREFIXED(X, "circleci-token", "CCIPAT_", 30)                                                   \
    PREFIXED(X, "circleci-project-token", "CCIPRJ_", 30)                                           \
    PREFIXED(X, "docker-org-token", "dckr_oat_", 20)                                               \
    PREFIXED(X, "langsmith-key", "lsv2_pt_", 30)                                                   \
    PREFIXED(X, "langsmith-service-key", "lsv2_sk_", 30)                                           \
    PREFIXED(X, "posthog-key", "phx_", 30)                                                         \
    PREFIXED(X, "posthog-project-key", "phc_", 30)                                                 \
    PREFIXED(X, "render-key", "rnd_", 24)                                                          \
    PREFIXED(X, "vercel-token", "vercel_", 24)                                                     \
    PREFIXED(X, "anyscale-key", "esecret_", 24)                                                    \
    PREFIXED(X, "pinecone-key", "pcsk_", 40)                                                       \
    PREFIXED(X, "cerebras-key", "csk-", 40)                                                        \
    PREFIXED(X, "figma-refresh-token", "figdr_", 30)                                               \
    PREFIXED(X, "atlassian-admin-token", "ATCTT3", 50)                                             \
    PREFIXED(X, "atlassian-service-token", "ATSTT3", 50)                                           \
    PREFIXED(X, "trello-token", "ATTA", 60)                                                        \
    PREFIXED(X, "jumpcloud-key", "jca_", 30)                                                       \
    PREFIXED(X, "mailersend-token", "mlsn.", 40)                                                   \
    PREFIXED(X, "neon-key", "napi_", 40)                                                           \
    PREFIXED(X, "paddle-key", "pdl_", 40)                                                          \
    PREFIXED(X, "polar-token", "polar_", 30)                                                       \
    PREFIXED(X, "resend-key", "re_", 30)                                                           \
    PREFIXED(X, "supabase-secret-key", "sb_secret_", 20)                                           \
    PREFIXED(X, "unkey-key", "unkey_", 20)                                                         \
    PREFIXED(X, "wakatime-key", "waka_", 30)                                                       \
    PREFIXED(X, "xata-key", "xau_", 30)                                                            \
    PREFIXED(X, "newrelic-insert-key", "NRII-", 30)                                                \
    PREFIXED(X, "newrelic-query-key", "NRIQ-", 30)                                                 \
    PREFIXED(X, "doppler-service-token", "dp.st.", 40)                                             \
    PREFIXED(X, "doppler-cli-token", "dp.ct.", 40)                                                 \
    PREFIXED(X, "onfido-token", "api_live.", 40)                                                   \
    PREFIXED(X, "linear-oauth-token", "lin_oauth_", 40)                                            \
    PREFIXED(X, "shopify-app-token", "shpua_", 30)                                                 \
    PREFIXED(X, "discord-mfa-token", "mfa.", 80)                                                   \
    PREFIXED(X, "gitlab-workspace-token", "glwt-", 20)                                             \
    PREFIXED(X, "gitlab-runner-token-v2", "glrtr-", 20)                                            \
    PREFIXED(X, "gitlab-cluster-token", "glcat-", 20)                                              \
    PREFIXED(X, "grafana-legacy-key", "eyJrIjoi", 40)                                              \
    PREFIXED(X, "nvidia-key", "nvapi-", 40)                                                        \
    PREFIXED(X, "tavily-key", "tvly-", 20)                                                         \
    PREFIXED(X, "together-key", "tgp_v1_", 30)                                                     \
    PREFIXED(X, "ngrok-key", "ngrok_", 30)                                                         \
    PREFIXED(X, "openai-session", "sess-", 40)                                                     \
    PREFIXED(X, "cloudsmith-key", "csa_", 30)                                                      \
    PREFIXED(X, "hubspot-key", "pat-na1-", 30)                                                     \
    PREFIXED(X, "adafruit-key", "aio_", 28)                                                        \
    PREFIXED(X, "intra42-key", "s-s4t2ud-", 60)                                                    \
    PREFIXED(X, "atlas-service-secret", "mdb_sa_sk_", 30)                                          \
    PREFIXED(X, "ory-access-token", "ory_at_", 40)                                                 \
    PREFIXED(X, "ory-refresh-token", "ory_rt_", 40)                                                \
    PREFIXED(X, "runpod-key", "rpa_", 40)                                                          \
    PREFIXED(X, "jina-key", "jina_", 50)                                                           \
    PREFIXED(X, "honeycomb-key", "hcaik_", 40)                                                     \
    PREFIXED(X, "axiom-token", "xaat-", 30)                                                        \
    PREFIXED(X, "linkedin-secret", "WPL_AP1.", 20)                                                 \
    PREFIXED(X, "intercom-token", "dG9rO", 50)                                                     \
    PREFIXED(X, "stytch-secret", "secret-live-", 30)                                               \
    PREFIXED(X, "stytch-test-secret", "secret-test-", 30)                                          \
    PREFIXED(X, "snyk-user-token", "snyk_", 36)                                                    \
    PREFIXED(X, "fireworks-key", "fw_", 24)                                                        \
    PREFIXED(X, "gocardless-token", "live_", 40)                                                   \
    PREFIXED(X, "defined-key", "dnkey-", 60)                                                       \
    PREFIXED(X, "sourcegraph-license-key", "slk_", 60)                                             \
    PREFIXED(X, "settlemint-app-token", "sm_aat_", 16)                                             \
    PREFIXED(X, "settlemint-service-token", "sm_sat_", 16)                                         \
    PREFIXED(X, "doppler-scim-token", "dp.scim.", 40)                                              \
    PREFIXED(X, "hubspot-eu-key", "pat-eu1-", 30)                                                  \
    PREFIXED(X, "zuplo-key", "zpka_", 30)                                                          \
    PREFIXED(X, "depot-token", "depot_", 40)                                                       \
    PREFIXED(X, "flutterwave-key", "FLWSECK", 20)

/* formats that belong to nobody */
#define BERTH_SHAPES_FORMAT(X)                                                                     \
    X("jwt", "eyJ", 0,                                                                             \
      "eyJ[A-Za-z0-9_-]{5,}+\\.[A-Za-z0-9_-]{4,}+(?:\\.[A-Za-z0-9_-]*+){0,3}",                     \
      "", "eyJ" "hbGciOiJIUzI1NiJ9.eyJzdWIiOiJhbm4ifQ." W32)                                       \
    X("wifi-code", "WIFI:", 0, "WIFI:(?:[^;\\n]{0,64};){0,6}?P:([^;\\n]++(?=;)|[^;\\s]+)", \
      "WIFI:S:net;T:WPA;P:", W16)                                                                  \
    X("ntlm-answer", "TlRMTVNT", 0,                                                                \
      "TlRMTVNTUAADAAAA[A-Za-z0-9+/]{20,}+=*", "", "TlRM" "TVNTUAADAAAA" W32) \
    X("ipsec-eap-secret", ": EAP \"", 0, ": EAP \"" IN_MARKS, ": EAP \"", W16) \
    X("fernet-token", "gAAAAA", 0, "gAAAAA[A-Za-z0-9_%-]{40,}+=*", "", "gAA" "AAABk" W32 W32)      \
    X("pgpass", ":5432:", 0,                                                                       \
      ":5432:[^:\\s]+:[^:\\s]+:((?![0-9a-f]{1,4}(?:[\\s:]|$))[^\\s:@\"',;]++)(?!:)",               \
      ":5432:fleet:ann:", "Lq3x9Z7")                                                               \
    X("bcrypt-hash", "$2b$", 0,                                                                    \
      "\\$2b\\$\\d\\d\\$[A-Za-z0-9./]{53}", "", "$2" "b$12$" W32 "a1B2c3D4e5F6g7H8i9J0k")          \
    X("bcrypt-a-hash", "$2a$", 0,                                                                  \
      "\\$2a\\$\\d\\d\\$[A-Za-z0-9./]{53}", "", "$2" "a$12$" W32 "a1B2c3D4e5F6g7H8i9J0k")          \
    X("bcrypt-y-hash", "$2y$", 0,                                                                  \
      "\\$2y\\$\\d\\d\\$[A-Za-z0-9./]{53}", "", "$2" "y$12$" W32 "a1B2c3D4e5F6g7H8i9J0k")          \
    X("md5-crypt-hash", "$1$", 0,                                                                  \
      "\\$1\\$[A-Za-z0-9./]{1,8}\\$[A-Za-z0-9./]{22}", "", "$1" "$saltsalt$" W16 "abcdEF")         \
    X("sha256-crypt-hash", "$5$", 0,                                                               \
      "\\$5\\$(?:rounds=\\d+\\$)?[A-Za-z0-9./]{1,16}\\$[A-Za-z0-9./]{43}",                         \
      "", "$5" "$saltsalt$" W32 "abcdEFGH123")                                                     \
    X("sha512-crypt-hash", "$6$", 0,                                                               \
      "\\$6\\$(?:rounds=\\d+\\$)?[A-Za-z0-9./]{1,16}\\$[A-Za-z0-9./]{80,}+",                       \
      "", "$6" "$saltsalt$" W32 W32 W16 "abcdEF")                                                  \
    X("yescrypt-hash", "$y$", 0,                                                                   \
      "\\$y\\$[A-Za-z0-9./]+\\$[A-Za-z0-9./]+\\$[A-Za-z0-9./]{40,}+",                              \
      "", "$y" "$j9T$saltsalt$" W32 "abcdEFGH123")                                                 \
    X("apr1-hash", "$apr1$", 0,                                                                    \
      "\\$apr1\\$[A-Za-z0-9./]{1,8}\\$[A-Za-z0-9./]{22}", "", "$ap" "r1$saltsalt$" W16 "abcdEF")   \
    X("argon2-hash", "$argon2", 0,                                                                 \
      "\\$argon2(?:id|i|d)\\$v=\\d+\\$m=\\d+,t=\\d+,p=\\d+\\$[A-Za-z0-9+/]+\\$[A-Za-z0-9+/]+",     \
      "", "$arg" "on2id$v=19$m=65536,t=3,p=4$" W16 "$" W32)                                        \
    X("pbkdf2-hash", "pbkdf2", 0,                                                                  \
      "pbkdf2[-_:]sha\\d+[$:]\\d+[$:][^\\s$:\"']+[$:][A-Za-z0-9+/=.]{20,}+",                       \
      "", "pbk" "df2_sha256$260000$salt$" W32)                                                     \
    X("passlib-pbkdf2-hash", "$pbkdf2", 0,                                                         \
      "\\$pbkdf2(?:-sha\\d+)?\\$\\d+\\$[A-Za-z0-9./+]+\\$[A-Za-z0-9./+]{20,}+",                    \
      "", "$pb" "kdf2-sha512$25000$" W16 "$" W32)                                                  \
    X("scrypt-hash", "scrypt:", 0,                                                                 \
      "scrypt:\\d+:\\d+:\\d+\\$[^\\s$\"']+\\$[a-f0-9]{40,}+",                                      \
      "", "scr" "ypt:32768:8:1$salt$" H32 H16)                                                     \
    X("ldap-hash", "{SSHA", 0, "\\{SSHA(?:256|512)?\\}([A-Za-z0-9+/]{24,}+=*)", "{SSHA}", W32)     \
    X("ldap-sum", "{SHA}", 0, "\\{SHA\\}([A-Za-z0-9+/]{27}=)", "{SHA}", W16 "abcdEFGH123=")        \
    X("srtp-key", "inline:", 0,                                                                    \
      "inline:([A-Za-z0-9+/]{40}(?:[A-Za-z0-9+/]{20,24})?={0,2})(?![\\w+/])",                      \
      "inline:", W32 "abcdEFGH")                                                                   \
    X("nt-hash", ":aad3b435", 0, ":aad3b435b51404eeaad3b435b51404ee:([0-9a-fA-F]{32})",            \
      ":aad3b435b51404eeaad3b435b51404ee:", H32)                                                   \
    X("scram-verifier", "SCRAM-SH", 0,                                                             \
      "SCRAM-SHA-(?:1|256|512)\\$(\\d+:[A-Za-z0-9+/]+=*\\$[A-Za-z0-9+/]+=*:[A-Za-z0-9+/]+=*)",     \
      "SCRAM-SHA-256$", "4096:" W16 "$" W32 ":" W32)                                               \
    X("junos-secret", "$9$", 0, "\\$9\\$[A-Za-z0-9./$-]{8,}+", "", "$9" "$" W16)                   \
    X("cisco-8-secret", "$8$", 0, "\\$8\\$[A-Za-z0-9./$-]{16,}+", "", "$8" "$" W32)                \
    X("openssh-key-body", "b3BlbnNz", 0,                                                           \
      "b3BlbnNzaC1rZXktdjE[A-Za-z0-9+/=]{20,}+", "", "b3Bl" "bnNzaC1rZXktdjEAAAAA" W32)            \
    X("rsa-key-body", "MIIE", 0, RSA_BODY, "", "MII" "EpAIBAAKCAQEA" W32)                          \
    X("rsa-4096-key-body", "MIIJ", 0, RSA_BODY, "", "MII" "JKQIBAAKCAgEA" W32)                     \
    X("rsa-1024-key-body", "MIIC", 0, RSA_BODY, "", "MII" "CXAIBAAKBgQC" W32)                      \
    X("ec-key-body", "MHcCAQEE", 0, "MHcCAQEE[A-Za-z0-9+/=]{30,}+", "", "MHc" "CAQEEI" W32)        \
    X("cloud-config-in-base64", "I2Nsb3Vk", 0,                                                     \
      "I2Nsb3VkLWNvbmZpZ[A-Za-z0-9+/=]{4,}+", "", "I2Ns" "b3VkLWNvbmZpZwo" W16)                    \
    X("script-in-base64", "IyEvYmlu", 0,                                                           \
      "IyEvYmlu[A-Za-z0-9+/=]{8,}+", "", "IyEv" "YmluL2Jhc2gK" W16)

#define BERTH_SHAPES(X)                                                                            \
    BERTH_SHAPES_CLOUD(X)                                                                          \
    BERTH_SHAPES_CODE(X)                                                                           \
    BERTH_SHAPES_SERVICE(X)                                                                        \
    BERTH_SHAPES_PREFIXED(X)                                                                       \
    BERTH_SHAPES_FORMAT(X)

#endif
