// The baseline of single events: what bare Fastify does with the same body: parse, answer it.
import Fastify from 'fastify';

const app = Fastify();
app.post('/', (request, reply) => reply.send(request.body));
process.stdout.write(`${await app.listen({ port: 0, host: '127.0.0.1' })}\n`);
