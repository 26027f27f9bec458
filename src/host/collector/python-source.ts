/** The collector: reads files, runs commands and dials sockets on the host. */
export { default as collectorSource } from './crashcart_collector/__main__.py?program';

/** The terminal of a person on the host, the guard that never leaves a traced process stopped, and the way into a container. */
export { default as attachSource } from './crashcart_attach/__main__.py?program';

/** Thread dump of a JVM, for the tool of that name. */
export { default as jvmSource } from './crashcart_jvm/__main__.py?program';
