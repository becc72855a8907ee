/* redact_command.h - programs that take a secret as an argument without saying so, as data. */
#ifndef BERTH_LOG_REDACT_COMMAND_H
#define BERTH_LOG_REDACT_COMMAND_H

/* How an argument holds the secret. */
typedef enum berth_argument {
    ARGUMENT_NEXT,     /* -p x or -px */
    ARGUMENT_ATTACHED, /* -px only: -p x means something else */
    ARGUMENT_COLON,    /* -u ann:x */
    ARGUMENT_PERCENT,  /* -U ann%x */
    ARGUMENT_COMMA,    /* -u ann,x */
    ARGUMENT_PREFIX,   /* -passin pass:x */
    ARGUMENT_PLACE,    /* the n-th word, n the digit in `flag` */
    ARGUMENT_ECHO,     /* echo x | this */
    ARGUMENT_ECHO_COLON /* echo ann:x | this */
} berth_argument;

typedef struct berth_command {
    const char *name; /* lower case */
    const char *flag;
    berth_argument argument;
    const char *verb; /* must follow the name; NULL: any */
} berth_command;

#define BERTH_COMMANDS(X)                                                                          \
    X("mysql", "-p", ATTACHED, NULL)                                                               \
    X("mysqldump", "-p", ATTACHED, NULL)                                                           \
    X("mysqladmin", "-p", ATTACHED, NULL)                                                          \
    X("mysqlimport", "-p", ATTACHED, NULL)                                                         \
    X("mariadb", "-p", ATTACHED, NULL)                                                             \
    X("mariadb-dump", "-p", ATTACHED, NULL)                                                        \
    X("sshpass", "-p", NEXT, NULL)                                                                 \
    X("curl", "-u", COLON, NULL)                                                                   \
    X("curl", "--user", COLON, NULL)                                                               \
    X("curl", "-U", COLON, NULL)                                                                   \
    X("curl", "--proxy-user", COLON, NULL)                                                         \
    X("docker", "-p", NEXT, "login")                                                               \
    X("podman", "-p", NEXT, "login")                                                               \
    X("helm", "-p", NEXT, "login")                                                                 \
    X("skopeo", "-p", NEXT, "login")                                                               \
    X("az login", "-p", NEXT, NULL)                                                                \
    X("oc login", "-p", NEXT, NULL)                                                                \
    X("ldapsearch", "-w", NEXT, NULL)                                                              \
    X("ldapadd", "-w", NEXT, NULL)                                                                 \
    X("ldapmodify", "-w", NEXT, NULL)                                                              \
    X("ldapwhoami", "-w", NEXT, NULL)                                                              \
    X("ldappasswd", "-w", NEXT, NULL)                                                              \
    X("ldappasswd", "-s", NEXT, NULL)                                                              \
    X("redis-cli", "-a", NEXT, NULL)                                                               \
    X("mongo", "-p", NEXT, NULL)                                                                   \
    X("mongosh", "-p", NEXT, NULL)                                                                 \
    X("mongodump", "-p", NEXT, NULL)                                                               \
    X("cqlsh", "-p", NEXT, NULL)                                                                   \
    X("swift", "-K", NEXT, NULL)                                                                   \
    X("ipmitool", "-P", NEXT, NULL)                                                                \
    X("sqlcmd", "-P", NEXT, NULL)                                                                  \
    X("mosquitto_pub", "-P", NEXT, NULL)                                                           \
    X("mosquitto_sub", "-P", NEXT, NULL)                                                           \
    X("useradd", "-p", NEXT, NULL)                                                                 \
    X("usermod", "-p", NEXT, NULL)                                                                 \
    X("snmpwalk", "-c", NEXT, NULL)                                                                \
    X("snmpget", "-c", NEXT, NULL)                                                                 \
    X("snmpwalk", "-A", NEXT, NULL)                                                                \
    X("snmpwalk", "-X", NEXT, NULL)                                                                \
    X("smbclient", "-U", PERCENT, NULL)                                                            \
    X("rpcclient", "-U", PERCENT, NULL)                                                            \
    X("lftp", "-u", COMMA, NULL)                                                                   \
    X("openssl", "-passin", PREFIX, NULL)                                                          \
    X("openssl", "-passout", PREFIX, NULL)                                                         \
    X("openssl", "-pass", PREFIX, NULL)                                                            \
    X("openssl", "-k", NEXT, "enc")                                                                \
    X("xfreerdp", "/p:", ATTACHED, NULL)                                                           \
    X("htpasswd", "4", PLACE, "-b")                                                                \
    X("add_user", "2", PLACE, NULL)                                                                \
    X("change_password", "2", PLACE, NULL)                                                         \
    X("chpasswd", "", ECHO_COLON, NULL)                                                            \
    X("sudo", "", ECHO, "-s")                                                                      \
    X("--password-stdin", "", ECHO, NULL)                                                          \
    X("passwd", "", ECHO, "--stdin")

#endif
