import threading,time,sys
def deep(n, ev):
    if n: return deep(n-1, ev)
    # comment
    x = (n +
         1)
    ev.wait()
class K:
    def méthode(self):
        lock.acquire()
def spin():
    while True:
        sum(i for i in range(1000))
lock=threading.Lock(); lock.acquire()
ev=threading.Event()
threading.Thread(target=deep,args=(3,ev),daemon=True).start()
threading.Thread(target=K().méthode,daemon=True).start()
threading.Thread(target=spin,daemon=True).start()
print('ready',flush=True)
def main():
    time.sleep(60)
main()
