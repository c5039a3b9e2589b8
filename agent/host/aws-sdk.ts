/** All that is used of the AWS SDK, in one place, so that the build can shake off the rest and load it late. */
export {
  AttachVolumeCommand,
  CreateTagsCommand,
  DescribeInstancesCommand,
  DescribeVolumesCommand,
  EC2Client,
  paginateDescribeInstances,
} from '@aws-sdk/client-ec2'
export { EFSClient, paginateDescribeMountTargets } from '@aws-sdk/client-efs'
