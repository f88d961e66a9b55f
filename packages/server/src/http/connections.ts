import type { Socket } from 'node:net';
import { AncillaError, toProblem, type ErrorCode } from '@ancilla/contracts';

/** Answers connections that speak no HTTP, or not in time. */
export interface ConnectionGuard {
  begins(socket: Socket): void;
  ends(socket: Socket): void;
  refuse(error: Error, socket: Socket): void;
}

const REASONS: Readonly<Record<string, readonly [status: string, code: ErrorCode, detail: string]>> = {
  HPE_HEADER_OVERFLOW: ['431 Request Header Fields Too Large', 'request.header', 'the headers are larger than 16 KiB'],
  ERR_HTTP_REQUEST_TIMEOUT: ['408 Request Timeout', 'request.timeout', 'the request did not arrive in time'],
};

export function openConnectionGuard(): ConnectionGuard {
  const answering = new WeakMap<Socket, number>();
  const count = (socket: Socket, by: number): void => void answering.set(socket, (answering.get(socket) ?? 0) + by);
  return {
    begins: (socket) => count(socket, 1),
    ends: (socket) => count(socket, -1),
    refuse(error, socket) {
      // While another answer is on its way on this connection, ours would stand in the middle of it.
      if (!socket.writable || (answering.get(socket) ?? 0) > 0) return void socket.destroy();
      const [status, code, detail] = REASONS['code' in error ? String(error.code) : ''] ?? [
        '400 Bad Request',
        'request.malformed',
        'this is not HTTP',
      ];
      const body = JSON.stringify({ ...toProblem(new AncillaError(code, detail)), status: Number.parseInt(status) });
      socket.end(
        `HTTP/1.1 ${status}\r\nconnection: close\r\ncontent-type: application/problem+json\r\ncontent-length: ${Buffer.byteLength(body)}\r\n\r\n${body}`,
      );
    },
  };
}
