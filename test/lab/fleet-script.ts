import document from '../../terraform/fleet.json' with { type: 'json' }

/** What Systems Manager's agent has `sh` run, for the document of the Terraform module and its one parameter. */
export function fleetScript(command: string): string {
  if (!document.parameters.command.allowedValues.includes(command)) {
    throw new Error(`Systems Manager takes no other command than the document allows: ${command}`)
  }
  const lines = document.mainSteps.flatMap(({ inputs }) => inputs.runCommand)
  return `${lines.join('\n')}\n`.replaceAll('{{ command }}', command)
}
