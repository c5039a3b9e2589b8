export interface StunnelClient {
  /** Of the service, as stunnel names it in its log. */
  readonly name: string
  readonly accept: { readonly address: string; readonly port: number }
  /** By its DNS name, which the certificate must carry too. */
  readonly connect: { readonly name: string; readonly port: number }
  readonly caFile: string
}

/** The DNS name that a configuration printed here connects to. */
export function connectName(conf: string): string | undefined {
  return /^connect = (\S+):\d+$/m.exec(conf)?.[1]
}

/**
 * The stunnel configuration of one verified client tunnel, to be run by systemd; it holds no secret. verifyChain alone
 * takes any certificate of any authority, checkHost binds it to the name. The time-outs are those of AWS's own mount
 * helper: an NFS client renews its lease every 60 s, so 70 s of silence mean that the other side is gone, and a new
 * connection finds it again, at another address if need be. Source: stunnel(8), aws/efs-utils.
 */
export function printStunnelClient({ name, accept, connect, caFile }: StunnelClient): string {
  return `; Written by slurm-node-agent, which undoes changes.
foreground = yes
syslog = no
pid =

[${name}]
client = yes
accept = ${accept.address}:${accept.port}
connect = ${connect.name}:${connect.port}
; Look the name up for each connection: the address behind it may change.
delay = yes
sni = ${connect.name}
checkHost = ${connect.name}
verifyChain = yes
CAfile = ${caFile}
sslVersionMin = TLSv1.2
renegotiation = no
TIMEOUTbusy = 20
TIMEOUTclose = 0
TIMEOUTidle = 70
`
}
