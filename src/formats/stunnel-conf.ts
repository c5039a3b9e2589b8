export interface StunnelClient {
  /** Of the service, as stunnel names it in its log. */
  readonly name: string
  readonly accept: { readonly address: string; readonly port: number }
  /** A DNS name or an address. */
  readonly connect: { readonly host: string; readonly port: number }
  /** The DNS name that the certificate must carry, by whatever the server is reached. */
  readonly serverName: string
  readonly caFile: string
}

/** The DNS name or the address that a configuration printed here connects to. */
export function connectHost(conf: string): string | undefined {
  return /^connect = (\S+):\d+$/m.exec(conf)?.[1]
}

/** The DNS name that it asks of the certificate. */
export function checkedName(conf: string): string | undefined {
  return /^checkHost = (\S+)$/m.exec(conf)?.[1]
}

/**
 * The stunnel configuration of one verified client tunnel, to be run by systemd; it holds no secret. verifyChain alone
 * takes any certificate of any authority, checkHost binds it to the name. The time-outs are those of AWS's own mount
 * helper: an NFS client renews its lease every 60 s, so 70 s of silence mean that the other side is gone, and a new
 * connection finds it again, at another address if need be. Source: stunnel(8), aws/efs-utils.
 */
export function printStunnelClient({ name, accept, connect, serverName, caFile }: StunnelClient): string {
  return `; Written by slurm-node-agent, which undoes changes.
foreground = yes
syslog = no
pid =

[${name}]
client = yes
accept = ${accept.address}:${accept.port}
connect = ${connect.host}:${connect.port}
; Look the name up for each connection: the address behind it may change.
delay = yes
sni = ${serverName}
checkHost = ${serverName}
verifyChain = yes
CAfile = ${caFile}
sslVersionMin = TLSv1.2
renegotiation = no
TIMEOUTbusy = 20
TIMEOUTclose = 0
TIMEOUTidle = 70
`
}
