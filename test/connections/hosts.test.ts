import { describe, expect, test } from 'vitest';
import { type AllowedHost, HostRefused, hostRule, parseAllowedHost } from '../../relay/connections/hosts.ts';

const list = (...entries: string[]): AllowedHost[] =>
  entries.map((entry) => {
    const host = parseAllowedHost(entry);
    if (!host) throw new Error(`${entry} is no entry`);
    return host;
  });

const answer = (url: string, allowed: string[]): string => {
  try {
    return hostRule(list(...allowed))(url);
  } catch (error) {
    if (error instanceof HostRefused) return error.code;
    throw error;
  }
};

describe('what may be called', () => {
  test.each<[string, string[], string]>([
    ['https://login.salesforce.com', [], 'https://login.salesforce.com'],
    ['https://login.salesforce.com/', [], 'https://login.salesforce.com'],
    ['https://acme--dev.sandbox.my.salesforce.com', [], 'https://acme--dev.sandbox.my.salesforce.com'],
    ['https://acme.my.site.force.com', [], 'https://acme.my.site.force.com'],
    ['https://acme.my.salesforce.mil', [], 'https://acme.my.salesforce.mil'],
    ['HTTPS://PUBLIC-API.ZENQMS.COM/base/', [], 'https://public-api.zenqms.com/base'],
    ['https://public-api.zenqms.com:443', [], 'https://public-api.zenqms.com'],
    ['https://qms.example.com', ['qms.example.com'], 'https://qms.example.com'],
    ['https://qms.example.com:8443', ['qms.example.com'], 'https://qms.example.com:8443'],
    ['https://qms.example.com:8443', ['qms.example.com:8443'], 'https://qms.example.com:8443'],
    ['https://qms.example.com', ['qms.example.com:443'], 'https://qms.example.com'],
    ['http://127.0.0.1:4000', ['127.0.0.1'], 'http://127.0.0.1:4000'],
    ['http://127.0.0.1:4000', ['127.0.0.1:4000'], 'http://127.0.0.1:4000'],
    ['http://localhost:4000/', ['localhost'], 'http://localhost:4000'],
    ['http://[::1]:4000', ['[::1]'], 'http://[::1]:4000'],
    ['https://10.0.0.7', ['10.0.0.7'], 'https://10.0.0.7'],
  ])('%s with %j', (url, allowed, expected) => expect(answer(url, allowed)).toBe(expected));
});

describe('what may not', () => {
  test.each<[string, string[], string]>([
    ['https://evil.example', [], 'host_not_allowed'],
    ['https://login.salesforce.com.evil.example', [], 'host_not_allowed'],
    ['https://evilsalesforce.com', [], 'host_not_allowed'],
    ['https://salesforce.com', [], 'host_not_allowed'],
    ['https://login.salesforce.com.', [], 'host_not_allowed'],
    ['https://login.salesforce.com:8443', [], 'host_not_allowed'],
    ['http://login.salesforce.com', [], 'host_not_allowed'],
    ['http://qms.example.com', ['qms.example.com'], 'host_not_allowed'],
    ['https://qms.example.com:9', ['qms.example.com:8443'], 'host_not_allowed'],
    ['http://127.0.0.1:4000', [], 'host_not_allowed'],
    ['http://127.0.0.1:4001', ['127.0.0.1:4000'], 'host_not_allowed'],
    ['http://localhost:4000', ['127.0.0.1'], 'host_not_allowed'],
    ['http://10.0.0.7', ['10.0.0.7'], 'host_not_allowed'],
    ['http://169.254.169.254/latest', ['169.254.169.254'], 'host_not_allowed'],
    ['https://169.254.169.254', [], 'host_not_allowed'],
    ['https://2852039166', [], 'host_not_allowed'],
    ['https://0x7f.1', [], 'host_not_allowed'],
    ['https://[::ffff:127.0.0.1]', [], 'host_not_allowed'],
    ['https://user@login.salesforce.com', [], 'url_malformed'],
    ['https://login.salesforce.com@evil.example', [], 'url_malformed'],
    ['https://evil.example\\@login.salesforce.com', [], 'url_malformed'],
    ['https://login.salesforce.com?x=1', [], 'url_malformed'],
    ['https://login.salesforce.com#', [], 'url_malformed'],
    ['https://login.sales\tforce.com', [], 'url_malformed'],
    ['ftp://login.salesforce.com', [], 'url_malformed'],
    ['javascript:alert(1)', [], 'url_malformed'],
    ['login.salesforce.com', [], 'url_malformed'],
    ['', [], 'url_malformed'],
  ])('%s with %j', (url, allowed, expected) => expect(answer(url, allowed)).toBe(expected));
});

test.each(['', '*', '*.example.com', 'a b', 'https://x', 'host:0', 'host:70000', 'a@b', 'host:'])('%j is no entry', (text) =>
  expect(parseAllowedHost(text)).toBeNull(),
);
