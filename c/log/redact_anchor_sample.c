/* redact_anchor_sample.c - what logs say all the time, to count how often a bucket takes what is
 * none of its literals: bytes do not follow each other by chance. */
#include "log/redact_anchor_private.h"

#define PAIRS ANCHOR_PAIRS

/* Words, then lines of many programs. */
static const char text[ANCHOR_SAMPLE + 1] =
    " request completed normally thread worker attempt generation unchanged since last report "
    "module manager compute scheduler client service zone rack placement allocation "
    "allocations provider providers resource resources inventory inventories trait traits "
    "consumer project aggregate user users name host hostname server servers node nodes "
    "default standard container component computer component image instance instances volume "
    "network address port source target status state started starting stopped stopping failed "
    "failure success successful error errors warning info debug notice trace critical "
    "exception connection connected connecting disconnected timeout timed out retry retrying "
    "after before during while until session opened closed policy updated update updating "
    "changed change changes exchange created create deleted delete removed added loaded "
    "loading reading read write written writing sent send received receive response message "
    "messages queue event events handler handling process processing processed running run "
    "build version release kernel memory disk cpu load average uptime interface link device "
    "driver config configuration configured option options setting settings value values "
    "count total bytes size length limit latency duration seconds time timestamp date expires "
    "expired lease valid invalid check checking test testing lab internal external private "
    "public example domain local localhost http https get post put patch delete api url path "
    "file files directory index cache database query transaction commit rollback table row "
    "offset offsets lag partition topic batch task tasks job jobs schedule scheduled cluster "
    "leader replica replicas election member members health healthy ready pending available "
    "unavailable moved move from to with for the and not was is are has been on of in at by "
    "as it no .net .org .com aaaa "
    "2026-03-14 09:26:53.589 4711 INFO compute.manager [req-3fa85f64-5717-4562-b3fc-2c963f66afa6 "
    "4e1c9b7f2d6a480b8f53c07e91ad2b6c - default default] [instance: 7d2c41b0-96fa-4c53-8e1d-"
    "0b5a6f3e9c28] Took 3.41 seconds to build instance. "
    "I0314 09:26:53.104233 1 scheduler.go:604] \"Successfully bound pod to node\" pod=\"prod/web-"
    "6d4cf56db6-x7k2p\" node=\"worker-12\" evaluatedNodes=48 feasibleNodes=17 "
    "{\"ts\":\"2026-03-14T09:26:53.811Z\",\"level\":\"info\",\"msg\":\"handled request\","
    "\"method\":\"GET\",\"path\":\"/v1/items/18273\",\"status\":200,\"bytes\":5120,"
    "\"duration_ms\":12.7} "
    "192.0.2.17 - - [14/Mar/2026:09:26:53 +0000] \"POST /api/v2/orders?limit=50&offset=100 "
    "HTTP/1.1\" 201 1843 \"-\" \"Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like "
    "Gecko)\" Mar 14 09:26:53 db3 systemd[1]: Started Daily apt upgrade and clean activities. "
    "Mar 14 09:26:54 gw kernel: [81724.551208] eth0: renamed from veth81f0c2e, port 3(tap9) "
    "entered forwarding state "
    "time=\"2026-03-14T09:26:54Z\" level=warning msg=\"slow query\" rows=1274 elapsed=843ms "
    "shard=7 09:26:54.020 [http-nio-8080-exec-4] DEBUG o.s.web.servlet.DispatcherServlet - "
    "Completed 200 OK at org.example.store.OrderService.lambda$find$3(OrderService.java:118) ~[app-"
    "1.9.2.jar:na] "
    "File \"/usr/lib/python3/dist-packages/app/worker.py\", line 212, in run_once "
    "ts=2026-03-14T09:26:54.397Z caller=compact.go:519 component=tsdb msg=\"write block\" mint="
    "1773480000000 maxt=1773487200000 ulid=01HRZ5V0W8 "
    "sha256:9b2f1c7ae05d4386b1f0c92d7e48a35560fd1e8c7b924a3d06e5f8b1c2d39a47 digest pulled in 2.1s "
    "LOG:  checkpoint complete: wrote 912 buffers (5.6%); 0 WAL file(s) added; write=91.2 s, "
    "sync=0.0 s ";

void anchor_sample_begin(anchor_sample *sample) {
    const unsigned char *s = (const unsigned char *)text;
    for (size_t i = 1; i < ANCHOR_SAMPLE; i++) {
        sample->hash[i] = (uint8_t)anchor_pair_hash(s[i - 1], s[i]);
        sample->first[sample->hash[i] + 1]++;
    }
    for (size_t h = 0; h < ANCHOR_HASHES; h++)
        sample->first[h + 1] = (uint16_t)(sample->first[h + 1] + sample->first[h]);
    uint16_t next[ANCHOR_HASHES];
    memcpy(next, sample->first, sizeof next);
    for (size_t i = 1; i < ANCHOR_SAMPLE; i++) sample->place[next[sample->hash[i]]++] = (uint16_t)i;
    for (size_t i = ANCHOR_WINDOW; i < ANCHOR_SAMPLE; i++) {
        uint32_t tail = anchor_tail(s, i);
        uint32_t four = anchor_hash(tail, true) % 16384, three = anchor_hash(tail, false) % 16384;
        sample->four[four / 64] |= UINT64_C(1) << four % 64;
        sample->three[three / 64] |= UINT64_C(1) << three % 64;
    }
}

uint64_t anchor_sample_count(const anchor_sample *sample, unsigned hash) {
    return (uint64_t)sample->first[hash + 1] - sample->first[hash];
}

bool anchor_sample_has(const anchor_sample *sample, const anchor_literal *literal, size_t end) {
    bool whole = end >= ANCHOR_WINDOW;
    uint32_t tail = anchor_tail((const unsigned char *)literal->text, end);
    uint32_t hash = anchor_hash(tail, whole) % 16384;
    return (whole ? sample->four : sample->three)[hash / 64] >> hash % 64 & 1u;
}

static bool takes(const anchor_hash_sets *sets, size_t pair, unsigned hash) {
    return sets->at[pair][hash / 64] >> hash % 64 & 1u;
}

/* The buckets that would take the place with the window and do not without; none for a place that
 * one of the pairs before this one has brought up already. */
static uint64_t new_takers(const anchor_sample *sample, const anchor_hash_sets *sets, size_t pair,
                           size_t place) {
    uint64_t before = ~UINT64_C(0), after = (UINT64_C(1) << ANCHOR_BUCKETS) - 1;
    if (place < PAIRS || place >= ANCHOR_SAMPLE) return 0;
    for (size_t p = 0; p < PAIRS; p++) {
        unsigned hash = sample->hash[place - p];
        bool has = takes(sets, p, hash);
        if (has && p < pair) return 0;
        before &= sample->takes[p][hash];
        if (!has) after &= sample->takes[p][hash];
    }
    return after & ~before;
}

void anchor_sample_more(const anchor_sample *sample, const anchor_hash_sets *sets,
                        uint16_t more[ANCHOR_BUCKETS]) {
    memset(more, 0, ANCHOR_BUCKETS * sizeof *more);
    for (size_t p = 0; p < PAIRS; p++) {
        for (unsigned h = 0; h < ANCHOR_HASHES; h++) {
            if (!takes(sets, p, h)) continue;
            for (size_t i = sample->first[h]; i < sample->first[h + 1]; i++) {
                uint64_t in = new_takers(sample, sets, p, sample->place[i] + p);
                for (; in; in &= in - 1) more[anchor_lowest_bit(in)]++;
            }
        }
    }
}

void anchor_sample_take(anchor_sample *sample, size_t bucket, size_t pair, unsigned hash,
                        bool taken) {
    uint64_t bit = UINT64_C(1) << bucket;
    if (taken) sample->takes[pair][hash] |= bit;
    else sample->takes[pair][hash] &= ~bit;
}
