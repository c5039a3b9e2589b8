/** What the tunnel trusts too: OpenSSL's and Debian's trust store, and not the certificates that Node brings. */
export const systemTrust = '/etc/ssl/certs/ca-certificates.crt'
