/** Age up to which the end of a container still counts as a problem. */
export const RECENT_SECONDS = 600;
/** Time after which a pod that is Pending or Terminating counts as stuck. */
export const SLOW_SECONDS = 60;

/** Reasons of the kubelet for a container that waits: its image, its settings. */
export const IMAGE =
  /^(?:ErrImagePull|ImagePullBackOff|InvalidImageName|ErrImageNeverPull|ImageInspectError|RegistryUnavailable|SignatureValidationFailed)$/;
export const CONFIG =
  /^(?:CreateContainerConfigError|CreateContainerError|RunContainerError|ContainerCannotRun|StartError|PreCreateHookError|PreStartHookError|PostStartHookError)$/;
