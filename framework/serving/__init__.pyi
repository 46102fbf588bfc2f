from framework.serving.app import create_app as create_app
from framework.serving.limits import Limits as Limits
from framework.serving.recording import Recording as Recording
from framework.serving.server import serve as serve
