/* redact_command.h - programs that take a secret as an argument without saying so, as data. */
#ifndef BERTH_LOG_REDACT_COMMAND_H
#define BERTH_LOG_REDACT_COMMAND_H

/* How an argument holds the secret. */
typedef enum berth_argument {
    ARGUMENT_NEXT,     /* -p x or -px */
    ARGUMENT_APART,    /* -p x only */
    ARGUMENT_ATTACHED, /* -px only: -p x means something else */
    ARGUMENT_COLON,    /* -u ann:x */
    ARGUMENT_PERCENT,  /* -U ann%x */
    ARGUMENT_COMMA,    /* -u ann,x */
    ARGUMENT_PREFIX,   /* -passin pass:x */
    ARGUMENT_LOOSE,    /* every word that is no option, path or drive */
    ARGUMENT_COOKIE,   /* -b 'a=x; b=y' */
    ARGUMENT_TYPED,    /* key 7 x, aes 128 x: a number may say how it is written */
    ARGUMENT_FIRST,    /* the first word that is no option or pair, when it mixes characters */
    ARGUMENT_SLASH,    /* ann/x as the first word that is no option */
    ARGUMENT_ENCODED,  /* base64 of a command that holds one */
    ARGUMENT_PLACE,    /* the n-th word, n the digit in `flag` */
    ARGUMENT_OPERAND,  /* with the short option `verb` the n-th word that is no option: `flag` is
                          3nCr, the number, the option that makes it one less, and those that
                          have an argument themselves */
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
    X("curl", "-b", COOKIE, NULL)                                                                  \
    X("curl", "--cookie", COOKIE, NULL)                                                            \
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
    X("net ads", "-U", PERCENT, NULL)                                                              \
    X("net rpc", "-U", PERCENT, NULL)                                                              \
    X("smbget", "-U", PERCENT, NULL)                                                               \
    X("wbinfo", "-a", PERCENT, NULL)                                                               \
    X("rpcclient", "-U", PERCENT, NULL)                                                            \
    X("lftp", "-u", COMMA, NULL)                                                                   \
    X("openssl", "-passin", PREFIX, NULL)                                                          \
    X("openssl", "-passout", PREFIX, NULL)                                                         \
    X("openssl", "-pass", PREFIX, NULL)                                                            \
    X("openssl", "-k", APART, "enc")                                                               \
    X("xfreerdp", "/p:", ATTACHED, NULL)                                                           \
    X("add_user", "2", PLACE, NULL)                                                                \
    X("change_password", "2", PLACE, NULL)                                                         \
    X("chpasswd", "", ECHO_COLON, NULL)                                                            \
    X("sudo", "", ECHO, "-s")                                                                      \
    X("--password-stdin", "", ECHO, NULL)                                                          \
    X("snmpset", "-A", NEXT, NULL)                                                                 \
    X("snmpset", "-X", NEXT, NULL)                                                                 \
    X("snmpset", "-c", NEXT, NULL)                                                                 \
    X("snmpbulkwalk", "-A", NEXT, NULL)                                                            \
    X("snmpbulkwalk", "-X", NEXT, NULL)                                                            \
    X("snmpbulkwalk", "-c", NEXT, NULL)                                                            \
    X("snmpbulkget", "-A", NEXT, NULL)                                                             \
    X("snmpbulkget", "-X", NEXT, NULL)                                                             \
    X("snmpbulkget", "-c", NEXT, NULL)                                                             \
    X("snmpgetnext", "-A", NEXT, NULL)                                                             \
    X("snmpgetnext", "-X", NEXT, NULL)                                                             \
    X("snmpgetnext", "-c", NEXT, NULL)                                                             \
    X("snmptable", "-A", NEXT, NULL)                                                               \
    X("snmptable", "-X", NEXT, NULL)                                                               \
    X("snmptable", "-c", NEXT, NULL)                                                               \
    X("snmptrap", "-A", NEXT, NULL)                                                                \
    X("snmptrap", "-X", NEXT, NULL)                                                                \
    X("snmptrap", "-c", NEXT, NULL)                                                                \
    X("snmpinform", "-A", NEXT, NULL)                                                              \
    X("snmpinform", "-X", NEXT, NULL)                                                              \
    X("snmpinform", "-c", NEXT, NULL)                                                              \
    X("snmpget", "-A", NEXT, NULL)                                                                 \
    X("snmpget", "-X", NEXT, NULL)                                                                 \
    X("zip", "-P", NEXT, NULL)                                                                     \
    X("p4", "-P", NEXT, NULL)                                                                      \
    X("mcrcon", "-p", NEXT, NULL)                                                                  \
    X("unzip", "-P", NEXT, NULL)                                                                   \
    X("7z", "-p", ATTACHED, NULL)                                                                  \
    X("7za", "-p", ATTACHED, NULL)                                                                 \
    X("7zz", "-p", ATTACHED, NULL)                                                                 \
    X("unrar", "-p", ATTACHED, NULL)                                                               \
    X("bcp", "-P", NEXT, NULL)                                                                     \
    X("isql", "-P", NEXT, NULL)                                                                    \
    X("osql", "-P", NEXT, NULL)                                                                    \
    X("tsql", "-P", NEXT, NULL)                                                                    \
    X("winexe", "-U", PERCENT, NULL)                                                               \
    X("impacket-psexec", "-p", NEXT, NULL)                                                         \
    X("bw unlock", "", FIRST, NULL)                                                                \
    X("mc alias set", "4", PLACE, NULL)                                                            \
    X("mc config host add", "4", PLACE, NULL)                                                      \
    X("net use", "", LOOSE, NULL)                                                                  \
    X("net user", "2", PLACE, NULL)                                                                \
    X("cryptsetup", "", ECHO, NULL)                                                                \
    X("setuser", ">", ATTACHED, NULL)                                                              \
    X("kinit", "<<<", NEXT, NULL)                                                                  \
    X("vncpasswd", "", ECHO, NULL)                                                                 \
    X("saslpasswd2", "", ECHO, NULL)                                                               \
    X("mysqlsh", "-p", ATTACHED, NULL)                                                             \
    X("mysqlshow", "-p", ATTACHED, NULL)                                                           \
    X("mysqlcheck", "-p", ATTACHED, NULL)                                                          \
    X("mysqlbinlog", "-p", ATTACHED, NULL)                                                         \
    X("mycli", "-p", ATTACHED, NULL)                                                               \
    X("mongorestore", "-p", NEXT, NULL)                                                            \
    X("mongoexport", "-p", NEXT, NULL)                                                             \
    X("mongoimport", "-p", NEXT, NULL)                                                             \
    X("mongostat", "-p", NEXT, NULL)                                                               \
    X("buildah", "-p", NEXT, "login")                                                              \
    X("nerdctl", "-p", NEXT, "login")                                                              \
    X("crane", "-p", NEXT, "login")                                                                \
    X("regctl", "-p", NEXT, "login")                                                               \
    X("oras", "-p", NEXT, "login")                                                                 \
    X("ldapdelete", "-w", NEXT, NULL)                                                              \
    X("ldapmodrdn", "-w", NEXT, NULL)                                                              \
    X("ldapcompare", "-w", NEXT, NULL)                                                             \
    X("ldapexop", "-w", NEXT, NULL)                                                                \
    X("wget", "--user", COLON, NULL)                                                               \
    X("rabbitmqadmin", "-p", NEXT, NULL)                                                           \
    X("racadm", "-p", NEXT, NULL)                                                                  \
    X("ipmiutil", "-P", NEXT, NULL)                                                                \
    X("ipmi-power", "-p", NEXT, NULL)                                                              \
    X("ipmipower", "-p", NEXT, NULL)                                                               \
    X("fence_ipmilan", "-p", NEXT, NULL)                                                           \
    X("redfishtool", "-p", NEXT, NULL)                                                             \
    X("nmcli", "wifi-sec.psk", NEXT, NULL)                                                         \
    X("wpa_passphrase", "2", PLACE, NULL)                                                          \
    X("authenticate_user", "2", PLACE, NULL)                                                       \
    X("secret store", "--payload", NEXT, NULL)                                                     \
    X("secret store", "-p", NEXT, NULL)                                                            \
    X("passwd", "", ECHO, "--stdin")                                                               \
    X("radius-server", "key", TYPED, NULL)                                                         \
    X("tacacs-server", "key", TYPED, NULL)                                                         \
    X("isakmp", "key", TYPED, NULL)                                                                \
    X("message-digest-key", "md5", TYPED, NULL)                                                    \
    X("authentication-key", "md5", TYPED, NULL)                                                    \
    X("authentication", "key-string", TYPED, NULL)                                                 \
    X("tcp-md5", "key", TYPED, NULL)                                                               \
    X("neighbor", "password", TYPED, NULL)                                                         \
    X("snmp-server", "sha", TYPED, NULL)                                                           \
    X("snmp-server", "2c", NEXT, NULL)                                                             \
    X("ssh-keygen", "-N", NEXT, NULL)                                                              \
    X("ssh-keygen", "-P", NEXT, NULL)                                                              \
    X("snowsql", "-p", NEXT, NULL)                                                                 \
    X("beeline", "-p", NEXT, NULL)                                                                 \
    X("hdbsql", "-p", NEXT, NULL)                                                                  \
    X("plink", "-pw", NEXT, NULL)                                                                  \
    X("pscp", "-pw", NEXT, NULL)                                                                   \
    X("psftp", "-pw", NEXT, NULL)                                                                  \
    X("nsupdate", "-y", COLON, NULL)                                                               \
    X("evil-winrm", "-p", NEXT, NULL)                                                              \
    X("smbmap", "-p", NEXT, NULL)                                                                  \
    X("snmp-server", "md5", TYPED, NULL)                                                           \
    X("snmp-server", "aes", TYPED, NULL)                                                           \
    X("snmp-server", "des", TYPED, NULL)                                                           \
    X("snmp-server", "3des", TYPED, NULL)                                                          \
    X("wpa-psk", "ascii", TYPED, NULL)                                                             \
    X("wpa-psk", "hex", TYPED, NULL)                                                               \
    X("sp_addlogin", "2", PLACE, NULL)                                                             \
    X("sp_addlinkedsrvlogin", "5", PLACE, NULL)                                                    \
    X("sp_password", "2", PLACE, NULL)                                                             \
    X("pre-shared-key", "ascii-text", TYPED, NULL)                                                 \
    X("cryptsetup", "<<<", NEXT, NULL)                                                             \
    X("chpasswd", "<<<", COLON, NULL)                                                              \
    X("smbpasswd", "<<<", NEXT, NULL)                                                              \
    X("sudo", "<<<", NEXT, "-S")                                                                   \
    X("docker", "<<<", NEXT, "login")                                                              \
    X("kinit", "", ECHO, NULL)                                                                     \
    X("smbpasswd", "", ECHO, "-s")                                                                 \
    X("http", "-a", COLON, NULL)                                                                   \
    X("https", "-a", COLON, NULL)                                                                  \
    X("etcdctl", "--user", COLON, NULL)                                                            \
    X("rdesktop", "-p", NEXT, NULL)                                                                \
    X("kadmin", "-w", NEXT, NULL)                                                                  \
    X("vault login", "", FIRST, NULL)                                                              \
    X("encrypt_string", "", FIRST, NULL)                                                           \
    X("secret-set-value", "--base64", NEXT, NULL)                                                  \
    X("secret-set-value", "2", PLACE, NULL)                                                        \
    X("consul", "-encrypt", NEXT, NULL)                                                            \
    X("samba-tool", "4", PLACE, "create")                                                          \
    X("passwd", "<<<", NEXT, "--stdin")                                                            \
    X("check_mysql", "-p", NEXT, NULL)                                                             \
    X("check_pgsql", "-p", NEXT, NULL)                                                             \
    X("check_snmp", "-C", NEXT, NULL)                                                              \
    X("coap-client", "-k", NEXT, NULL)                                                             \
    X("radtest", "2", PLACE, NULL)                                                                 \
    X("radtest", "5", PLACE, NULL)                                                                 \
    X("cache_peer", "login", COLON, NULL)                                                          \
    X("cephx", "key", NEXT, NULL)                                                                  \
    X("ftp> user", "2", PLACE, NULL)                                                               \
    X("rar", "-hp", ATTACHED, NULL)                                                                \
    X("rar", "-p", ATTACHED, NULL)                                                                 \
    X("schtasks", "/rp", NEXT, NULL)                                                               \
    X("convertto-securestring", "", FIRST, NULL)                                                   \
    X("createuser", "SHA", NEXT, NULL)                                                             \
    X("createuser", "MD5", NEXT, NULL)                                                             \
    X("createuser", "AES", NEXT, NULL)                                                             \
    X("createuser", "DES", NEXT, NULL)                                                             \
    X("redis-cli", "AUTH", NEXT, NULL)                                                             \
    X("iwconfig", "key", NEXT, NULL)                                                               \
    X("sudo", "", ECHO, "--stdin")                                                                 \
    X("twine", "-p", NEXT, NULL)                                                                   \
    X("rclone obscure", "1", PLACE, NULL)                                                          \
    X("nmcli", "password", NEXT, NULL)                                                             \
    X("powershell", "", ENCODED, NULL)                                                             \
    X("powershell.exe", "", ENCODED, NULL)                                                         \
    X("pwsh", "", ENCODED, NULL)                                                                   \
    X("vault operator unseal", "", FIRST, NULL)                                                    \
    X("openssl", "-K", APART, "enc")                                                               \
    X("gpg", "<<<", NEXT, "--passphrase-fd")                                                       \
    X("gpg", "", ECHO, "--passphrase-fd")                                                          \
    X("sqlplus", "", SLASH, NULL)                                                                  \
    X("htpasswd", "3nCr", OPERAND, "b")                                                            \
    X("mosquitto_passwd", "3-H", OPERAND, "b")                                                     \
    X("psexec", "-p", APART, NULL)                                                                 \
    X("paexec", "-p", APART, NULL)                                                                 \
    X("winrs", "-p:", ATTACHED, NULL)                                                              \
    X("winrs", "/p:", ATTACHED, NULL)                                                              \
    X("schtasks", "/p", APART, NULL)                                                               \
    X("net.exe use", "", LOOSE, NULL)                                                              \
    X("net.exe user", "2", PLACE, NULL)                                                            \
    X("net.exe\" use", "", LOOSE, NULL)                                                            \
    X("net.exe\" user", "2", PLACE, NULL)                                                          \
    X("http", "--auth", COLON, NULL)                                                               \
    X("https", "--auth", COLON, NULL)                                                              \
    X("rasdial", "3", PLACE, NULL)                                                                 \
    X("wevtutil", "/p:", ATTACHED, NULL)                                                           \
    X("winrm", "-p:", ATTACHED, NULL)                                                              \
    X("aaa-server", "key", TYPED, NULL)                                                            \
    X("put-parameter", "--value", NEXT, "SecureString")                                            \
    X("az sql", "-p", NEXT, NULL)                                                                  \
    X("az mysql", "-p", NEXT, NULL)                                                                \
    X("az postgres", "-p", NEXT, NULL)                                                             \
    X("expdp", "", SLASH, NULL)                                                                    \
    X("impdp", "", SLASH, NULL)                                                                    \
    X("ip ospf", "authentication-key", TYPED, NULL)                                                \
    X("ip nhrp", "authentication", NEXT, NULL)                                                     \
    X("rocommunity", "", FIRST, NULL)                                                              \
    X("rwcommunity", "", FIRST, NULL)                                                              \
    X("add-generic-password", "-w", NEXT, NULL)                                                    \
    X("add-internet-password", "-w", NEXT, NULL)

#endif
