import { readFileSync } from 'node:fs'
import type { IncomingMessage, ServerResponse } from 'node:http'
import { createServer } from 'node:https'
import { text } from 'node:stream/consumers'
import { ACCOUNT, API_ENDPOINT, EC2_NAMES, EFS_NAMES } from './addresses.ts'
import { type Authority, issueCertificate } from './authority.ts'
import { AwsError } from './aws-error.ts'
import type { Cloud } from './cloud.ts'
import { ROLE } from './credentials.ts'
import { answerEc2 } from './ec2-api.ts'
import { parseEc2Query } from './ec2-query.ts'
import { describeMountTargets } from './efs-api.ts'
import { type Server, serve } from './server.ts'
import { requireSignature } from './signed-request.ts'
import { printXml } from './xml.ts'

const REQUEST_ID = '00000000-0000-4000-8000-000000000000'

/** The region's EC2 and EFS endpoints: an emulator of the calls that an agent makes, and an error for all others. */
export async function startAwsApi(cloud: Cloud, authority: Authority, folder: string): Promise<Server> {
  const { chain, key } = await issueCertificate(authority, folder, 'aws-api', [...EC2_NAMES, ...EFS_NAMES])
  const server = createServer({ cert: readFileSync(chain), key: readFileSync(key) }, (request, response) => {
    const host = (request.headers.host ?? '').split(':')[0] ?? ''
    const service = host.startsWith('elasticfilesystem') ? answerEfsRequest : answerEc2Request
    service(cloud, request, response).catch((error: unknown) => {
      response.destroy(error instanceof Error ? error : new Error(String(error)))
    })
  })
  return await serve(server, API_ENDPOINT, 443)
}

/** Throws where the action is cut off or throttled, or the instance's role may not call it. */
function permit(cloud: Cloud, action: string): void {
  cloud.calls.push(action)
  if (cloud.cutOff.has(action)) throw new Error(`${action} is cut off`)
  const isEc2 = action.startsWith('ec2:')
  if (cloud.throttled.has(action)) {
    if (isEc2) throw new AwsError('RequestLimitExceeded', 503, 'Request limit exceeded.')
    throw new AwsError('ThrottlingException', 429, 'Rate exceeded')
  }
  if (!cloud.denied.has(action)) return
  const caller = `arn:aws:sts::${ACCOUNT}:assumed-role/${ROLE}/lab`
  const words = `User: ${caller} is not authorized to perform: ${action}`
  if (!isEc2) throw new AwsError('AccessDeniedException', 403, words)
  const encoded = `Encoded authorization failure message: ${'bGFi'.repeat(200)}`
  throw new AwsError(
    'UnauthorizedOperation',
    403,
    `You are not authorized to perform this operation. ${words} ${encoded}`,
  )
}

async function answerEc2Request(cloud: Cloud, request: IncomingMessage, response: ServerResponse): Promise<void> {
  const query = parseEc2Query(await text(request))
  try {
    requireSignature(request.headers, 'ec2')
    permit(cloud, `ec2:${query.action}`)
    const answer = await answerEc2(cloud, query)
    const body = printXml(
      `${query.action}Response`,
      { requestId: REQUEST_ID, ...answer },
      ' xmlns="http://ec2.amazonaws.com/doc/2016-11-15/"',
    )
    reply(response, 200, 'text/xml;charset=UTF-8', body)
  } catch (error) {
    if (!(error instanceof AwsError)) throw error
    const detail = printXml('Error', { Code: error.code, Message: error.message })
    const body = `<Response><Errors>${detail}</Errors><RequestID>${REQUEST_ID}</RequestID></Response>`
    reply(response, error.status, 'text/xml;charset=UTF-8', body)
  }
}

async function answerEfsRequest(cloud: Cloud, request: IncomingMessage, response: ServerResponse): Promise<void> {
  const url = new URL(request.url ?? '/', 'https://elasticfilesystem')
  try {
    requireSignature(request.headers, 'elasticfilesystem')
    if (request.method !== 'GET' || url.pathname !== '/2015-02-01/mount-targets') {
      throw new AwsError('UnknownOperationException', 404, `The lab does not know ${request.method} ${url.pathname}`)
    }
    permit(cloud, 'elasticfilesystem:DescribeMountTargets')
    reply(response, 200, 'application/json', JSON.stringify(describeMountTargets(cloud, url.searchParams)))
  } catch (error) {
    if (!(error instanceof AwsError)) throw error
    response.setHeader('x-amzn-errortype', error.code)
    reply(response, error.status, 'application/json', JSON.stringify({ ErrorCode: error.code, Message: error.message }))
  }
}

function reply(response: ServerResponse, status: number, type: string, body: string): void {
  response.writeHead(status, {
    'content-type': type,
    'content-length': Buffer.byteLength(body),
    'x-amzn-requestid': REQUEST_ID,
  })
  response.end(body)
}
