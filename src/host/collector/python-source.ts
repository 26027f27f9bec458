/** The collector: reads files, runs commands and dials sockets on the host. */
export { default as collectorSource } from './crashcart_collector/__main__.py?program';

/** The terminal of a person on the host, the guard that never leaves a traced process stopped, and the way into a container. */
export { default as attachSource } from './crashcart_attach/__main__.py?program';
