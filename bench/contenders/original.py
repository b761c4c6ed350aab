# The Python original.
import resource
import sys

from echostream_botocore import AppSession

keys = AppSession().get_credentials().get_frozen_credentials()
print(len(keys.access_key), flush=True)
try:
    with open("/proc/self/status") as status:
        peak_kib = next(int(line.split()[1]) for line in status if line.startswith("VmHWM:"))
except OSError:
    peak_kib = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    if sys.platform == "darwin":
        peak_kib //= 1024
print(peak_kib, flush=True)
