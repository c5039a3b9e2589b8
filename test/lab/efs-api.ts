import { ACCOUNT } from './addresses.ts'
import { AwsError } from './aws-error.ts'
import type { Cloud } from './cloud.ts'

/** The EFS call that an agent makes: GET /2015-02-01/mount-targets?FileSystemId=… */
export function describeMountTargets(cloud: Cloud, parameters: URLSearchParams): unknown {
  const fileSystemId = parameters.get('FileSystemId')
  if (fileSystemId === null)
    throw new AwsError('BadRequest', 400, 'FileSystemId, MountTargetId or AccessPointId must be given')
  const mountTargets = cloud.fileSystems.get(fileSystemId)
  if (mountTargets === undefined) {
    throw new AwsError('FileSystemNotFound', 404, `File system '${fileSystemId}' does not exist.`)
  }
  return {
    MountTargets: mountTargets.map(({ mountTargetId, address, zone, zoneId, state }) => ({
      AvailabilityZoneId: zoneId,
      AvailabilityZoneName: zone,
      FileSystemId: fileSystemId,
      IpAddress: address,
      LifeCycleState: state,
      MountTargetId: mountTargetId,
      NetworkInterfaceId: 'eni-0fedcba9876543210',
      OwnerId: ACCOUNT,
      SubnetId: 'subnet-0123456789abcdef0',
      VpcId: 'vpc-0123456789abcdef0',
    })),
  }
}
