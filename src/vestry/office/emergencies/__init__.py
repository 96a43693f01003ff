"""Acting in an emergency: begun with a reason and somebody who is told, ended, and reviewed by somebody else."""
